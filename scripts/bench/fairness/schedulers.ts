import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { actions, turns } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { claimingActions } from "#server/domain/actions/claiming-actions.ts";
import { actionShare } from "#server/domain/actions/work-actions.ts";
import { endTurns } from "#server/domain/turns/end-turns.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { createPlaces, type Places } from "#server/domain/turns/places.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { workTurn } from "#server/domain/turns/work-turn.ts";
import type { ActionMessage } from "#server/messages.ts";
import type { DoPiece, Scheduler } from "./simulate.ts";

const batchSize = actionShare.atOnce;
const tenantOf = (client: number) => `client-${client}`;
const clientOf = (tenant: string) => Number(tenant.slice("client-".length));

/** Our own, as it runs: turns are given, worked off and ended by its own code, on a D1 that has nothing else. `clock` is the simulation's. */
export function ours(db: Db, base: Pick<Ctx, "log">, clock: { at: number }): Scheduler {
  const queue: { message: Extract<ActionMessage, { type: "turn" }>; from: number }[] = [];
  let asking = 0;
  const now = () => Math.floor(clock.at);
  /** What takes no time in the simulation. */
  const atOnce = async <T>(answer: PromiseLike<T>): Promise<T> => {
    asking++;
    try {
      return await answer;
    } finally {
      asking--;
    }
  };
  const actionsOf = async (messages: readonly ActionMessage[], delayS = 0) => {
    for (const message of messages) if (message.type === "turn") queue.push({ message, from: clock.at + delayS * 1000 });
  };
  // Of a context, all that turns touch.
  const ctx = { ...base, now, send: { actions: actionsOf } } as unknown as Ctx;
  const turnOf = (
    { tenant, turn, beside = 0 }: Extract<ActionMessage, { type: "turn" }>,
    places: Places,
    doPiece: DoPiece,
  ): Promise<void> =>
    workTurn({
      ...{ places, beside, now },
      claim: (most) => atOnce(claimingActions(db, { tenantId: tenant, share: most, lease: "simulated", now: now() })),
      async work({ id }) {
        await doPiece(clientOf(tenant));
        await atOnce(db.run(sql`update ${actions} set status = 'done', available_at = null where id = ${id}`));
      },
      end: (more) => atOnce(endTurns(ctx, db, "actions", [{ tenant, turn }], more)),
    });
  return {
    isBusy: () => asking > 0,
    async arrive(client, pieces, at) {
      const tenant = tenantOf(client);
      await db.run(sql`insert into ${actions}
        (id, tenant_id, automation, run_id, dedupe, subject, connection_id, touches, hash, evidence, status, created_at, expires_at, decided_by, available_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < ${pieces})
        select ${tenant} || '-' || ${at} || '-' || i, ${tenant}, 'simulated', 'run', ${at} || '-' || i, 'customer:1', 'con', 'internal', 'hash', '{}', 'approved', 0, 0, 'policy', ${now()} from n`);
      await sendTurns(ctx, "actions", await givingTurns(db, "actions", { who: sql`select ${tenant} as tenant_id`, now: now() }));
    },
    take(at) {
      const due = queue.filter(({ from }) => from <= at).slice(0, batchSize);
      if (due.length === 0) return null;
      for (const each of due) queue.splice(queue.indexOf(each), 1);
      const places = createPlaces(due.length, actionShare);
      return async (doPiece) => void (await Promise.all(due.map(({ message }) => turnOf(message, places, doPiece))));
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
    take() {
      const taken: number[] = [];
      while (taken.length < batchSize && queue[0]) {
        taken.push(queue[0].client);
        if (--queue[0].left === 0) queue.shift();
      }
      return taken.length === 0 ? null : async (doPiece) => void (await Promise.all(taken.map(doPiece)));
    },
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
    take() {
      const next = groups.shift();
      if (!next) return null;
      if (--next.left > 0) groups.push(next);
      return (doPiece) => doPiece(next.client);
    },
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
    take() {
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
      if (!chosen) return null;
      const { client } = chosen;
      const left = (waiting.get(client) ?? 0) - 1;
      if (left > 0) waiting.set(client, left);
      else waiting.delete(client);
      running.set(client, (running.get(client) ?? 0) + 1);
      return async (doPiece) => {
        await doPiece(client);
        running.set(client, (running.get(client) ?? 1) - 1);
      };
    },
  };
}
