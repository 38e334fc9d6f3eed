import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { actions, turns } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { claimingActions } from "#server/domain/actions/claiming-actions.ts";
import { actionShare, goesOnMs, hasRoom } from "#server/domain/actions/work-actions.ts";
import { endTurns } from "#server/domain/turns/end-turns.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { shareOf } from "#server/domain/turns/share-of.ts";
import type { ActionMessage } from "#server/messages.ts";
import type { Scheduler, Turn } from "./simulate.ts";

const batchSize = actionShare.atOnce;
const tenantOf = (client: number) => `client-${client}`;
const clientOf = (tenant: string) => Number(tenant.slice("client-".length));

/** Our own, by its own statements on a D1 that has nothing else: turns are given, actions claimed, turns ended. */
export function ours(db: Db, base: Pick<Ctx, "log">): Scheduler {
  const clock = { at: 0 };
  const queue: { message: Extract<ActionMessage, { type: "turn" }>; from: number }[] = [];
  const actionsOf = async (messages: readonly ActionMessage[], delayS = 0) => {
    for (const message of messages) if (message.type === "turn") queue.push({ message, from: clock.at + delayS * 1000 });
  };
  // Of a context, all that turns touch.
  const ctx = { ...base, now: () => clock.at, send: { actions: actionsOf } } as unknown as Ctx;
  interface Own extends Turn {
    turn: number;
    share: number;
    until: number;
    ids: string[];
  }
  const claim = async (client: number, share: number): Promise<string[]> =>
    (await claimingActions(db, { tenantId: tenantOf(client), share, lease: "simulated", now: clock.at })).map(({ id }) => id);
  const endedTurn = ({ client, turn }: Own, beside?: number) => endTurns(ctx, db, "actions", [{ tenant: tenantOf(client), turn }], beside);
  return {
    async arrive(client, pieces, at) {
      clock.at = at;
      const tenant = tenantOf(client);
      await db.run(sql`insert into ${actions}
        (id, tenant_id, automation, run_id, dedupe, subject, connection_id, touches, hash, evidence, status, created_at, expires_at, decided_by, available_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < ${pieces})
        select ${tenant} || '-' || ${at} || '-' || i, ${tenant}, 'simulated', 'run', ${at} || '-' || i, 'customer:1', 'con', 'internal', 'hash', '{}', 'approved', 0, 0, 'policy', ${Math.floor(at)} from n`);
      await sendTurns(ctx, "actions", await givingTurns(db, "actions", { who: sql`select ${tenant} as tenant_id`, now: Math.floor(at) }));
    },
    async take(at) {
      clock.at = Math.floor(at);
      const due = queue.filter(({ from }) => from <= clock.at).slice(0, batchSize);
      for (const each of due) queue.splice(queue.indexOf(each), 1);
      const share = shareOf(due.length, actionShare);
      const taken: Own[] = [];
      for (const { message } of due) {
        const client = clientOf(message.tenant);
        const ids = await claim(client, share);
        const own: Own = { client, pieces: ids.length, turn: message.turn, share, until: at + goesOnMs(due.length), ids };
        const { beside = 0 } = message;
        if (ids.length === share && hasRoom({ of: due.length, beside })) await endedTurn(own, beside + 1);
        if (ids.length > 0) taken.push(own);
        else await endedTurn(own);
      }
      return taken;
    },
    async done(turn, at) {
      clock.at = Math.floor(at);
      const own = turn as Own;
      await db.run(
        sql`update ${actions} set status = 'done', available_at = null where id in (select value from json_each(${JSON.stringify(own.ids)}))`,
      );
      own.ids = at < own.until && own.ids.length === own.share ? await claim(own.client, own.share) : [];
      if (own.ids.length === 0) await endedTurn(own);
      return own.ids.length;
    },
  };
}

/** Empties what the simulation wrote. */
export const forgetSimulated = (db: Db) => db.batch([db.delete(actions), db.delete(turns)]);

/** One queue, first come first served, in batches. */
export function firstComeFirstServed(): Scheduler {
  const queue: { client: number; left: number }[] = [];
  return {
    arrive: async (client, pieces) => void queue.push({ client, left: pieces }),
    async take() {
      const taken: Turn[] = [];
      while (taken.length < batchSize && queue[0]) {
        taken.push({ client: queue[0].client, pieces: 1 });
        if (--queue[0].left === 0) queue.shift();
      }
      return taken;
    },
    done: async () => 0,
  };
}

/**
 * Groups as BullMQ Pro has them (docs.bullmq.io, "Groups"): a free worker takes the first job of the group whose turn it is, round robin. It
 * is to be given a worker for each piece that the others do at once.
 */
export function roundRobinGroups(): Scheduler {
  const groups: { client: number; left: number }[] = [];
  return {
    async arrive(client, pieces) {
      const own = groups.find((group) => group.client === client);
      if (own) own.left += pieces;
      else groups.push({ client, left: pieces });
    },
    async take() {
      const next = groups.shift();
      if (!next) return [];
      if (--next.left > 0) groups.push(next);
      return [{ client: next.client, pieces: 1 }];
    },
    done: async () => 0,
  };
}

/**
 * As Trigger.dev describes and publishes its choice of queues (FairQueueSelectionStrategy): environments below their limit of concurrency in
 * a random order, weighted by how much of it is left, and of the first its oldest job. A worker for each piece, as above.
 */
export function weightedShuffle({ limit, bias, random }: { limit: number; bias: number; random: () => number }): Scheduler {
  const waiting = new Map<number, number>();
  const running = new Map<number, number>();
  return {
    arrive: async (client, pieces) => void waiting.set(client, (waiting.get(client) ?? 0) + pieces),
    async take() {
      const open = [...waiting.keys()]
        .map((client) => ({ client, left: (limit - (running.get(client) ?? 0)) / limit }))
        .filter(({ left }) => left > 0);
      let at = random() * open.reduce((sum, { left }) => sum + 1 + bias * left, 0);
      let chosen = open[0];
      for (const each of open) {
        chosen = each;
        at -= 1 + bias * each.left;
        if (at < 0) break;
      }
      if (!chosen) return [];
      const { client } = chosen;
      const left = (waiting.get(client) ?? 0) - 1;
      if (left > 0) waiting.set(client, left);
      else waiting.delete(client);
      running.set(client, (running.get(client) ?? 0) + 1);
      return [{ client, pieces: 1 }];
    },
    async done({ client }) {
      running.set(client, (running.get(client) ?? 1) - 1);
      return 0;
    },
  };
}
