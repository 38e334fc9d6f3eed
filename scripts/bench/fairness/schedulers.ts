import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Db, openDb } from "#db/client.ts";
import { actions, runs, tenants, turns } from "#db/schema/index.ts";
import type { TurnQueue } from "#db/words/turns.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Ctx } from "#server/ctx.ts";
import { claimingActions } from "#server/domain/actions/claiming-actions.ts";
import { actionShare } from "#server/domain/actions/work-actions.ts";
import { defaultLimits, type Engine } from "#server/domain/runs/engine.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { endTurns } from "#server/domain/turns/end-turns.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { createPlaces } from "#server/domain/turns/places.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { workTurn } from "#server/domain/turns/work-turn.ts";
import { newId } from "#server/ids.ts";
import type { RunMessage } from "#server/messages.ts";
import type { DoPiece, Scheduler } from "./simulate.ts";
import { watchD1 } from "./watched-d1.ts";

const batchSize = actionShare.atOnce;
/** As wrangler.toml has it. */
const runBatchSize = 50;
const tenantOf = (client: number) => `client-${client}`;
const clientOf = (tenant: string) => Number(tenant.slice("client-".length));

/** What the schedulers of ours are given: a D1 that has nothing else, and the clock of the simulation. */
export interface OurWorld {
  d1: D1Database;
  log: Ctx["log"];
  clock: { at: number };
}

/** What both of our queues do in the simulation: `work` does the turns of a batch. */
function makeQueue({ d1, log, clock }: OurWorld, name: TurnQueue, size: number) {
  const queue: { message: RunMessage; from: number }[] = [];
  const watched = watchD1(d1);
  const db = openDb(watched.d1);
  const now = () => Math.floor(clock.at);
  const send = async (messages: readonly RunMessage[], delayS = 0) => {
    for (const message of messages) queue.push({ message, from: clock.at + delayS * 1000 });
  };
  const request = { id: "simulated", ip: null, userAgent: "" };
  // Of a context, all that turns and runs without accounts touch.
  const ctx = {
    ...{ log, now, request, directory: db, databases: { DB: watched.d1 }, actor: { type: "system", job: "simulated" } },
    send: { runs: send, actions: send },
  } as unknown as Ctx;
  return {
    ...{ ctx, db, now, isBusy: watched.isBusy },
    give: async (tenant: string) =>
      sendTurns(ctx, name, await givingTurns(db, name, { who: sql`select ${tenant} as tenant_id`, now: now() })),
    /** A batch of what is due; null without any. */
    take(at: number): RunMessage[] | null {
      const due = queue.filter(({ from }) => from <= at).slice(0, size);
      for (const each of due) queue.splice(queue.indexOf(each), 1);
      return due.length === 0 ? null : due.map(({ message }) => message);
    },
  };
}

/** Our actions, as they run: turns are given, worked off and ended by their own code. */
export function ours(world: OurWorld): Scheduler {
  const { ctx, db, now, isBusy, give, take } = makeQueue(world, "actions", batchSize);
  return {
    isBusy,
    async arrive(client, pieces, at) {
      const tenant = tenantOf(client);
      await db.run(sql`insert into ${actions}
        (id, tenant_id, automation, run_id, dedupe, subject, connection_id, touches, hash, evidence, status, created_at, expires_at, decided_by, available_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < ${pieces})
        select ${tenant} || '-' || ${at} || '-' || i, ${tenant}, 'simulated', 'run', ${at} || '-' || i, 'customer:1', 'con', 'internal', 'hash', '{}', 'approved', 0, 0, 'policy', ${now()} from n`);
      await give(tenant);
    },
    take(at) {
      const batch = take(at);
      if (!batch) return null;
      const places = createPlaces(batch.length, actionShare);
      const turnOf = ({ tenant, turn, beside = 0 }: RunMessage, doPiece: DoPiece) =>
        workTurn({
          ...{ places, beside, now },
          claim: (most) => claimingActions(db, { tenantId: tenant, share: most, lease: "simulated", now: now() }),
          async work({ id }) {
            await doPiece(clientOf(tenant));
            await db.run(sql`update ${actions} set status = 'done', available_at = null where id = ${id}`);
          },
          end: (more) => endTurns(ctx, db, "actions", [{ tenant, turn }], more),
        });
      return async (doPiece) => void (await Promise.all(batch.map((message) => turnOf(message, doPiece))));
    },
  };
}

/** The jobs of a client, of which each has one run open at most. */
const simulatedJobs = Array.from({ length: 30 }, (_, place) => `simulated-${place}`);

/** Our runs, as they run, by the very consumer of their queue: a piece is a step, and who has many has them in a run of each of its jobs. */
export function ourRuns(world: OurWorld): Scheduler {
  const { ctx, db, now, isBusy, give, take } = makeQueue(world, "runs", runBatchSize);
  /** Steps that each run still has. */
  const left = new Map<string, number>();
  let doStep: DoPiece = () => Promise.reject(new Error("no step is done yet"));
  let slot = 0;
  const job = (id: string): Job =>
    ({
      ...{ id, needs: [], config: z.object({ client: z.number() }), cursor: z.null(), metrics: [] },
      async step({ config: { client } }: { config: { client: number } }) {
        const run = `${client} ${id}`;
        await doStep(client);
        left.set(run, (left.get(run) ?? 1) - 1);
        return { cursor: null, done: left.get(run) === 0 };
      },
    }) as unknown as Job;
  const engine: Engine = {
    ...{ jobs: new Map(simulatedJobs.map((id) => [id, job(id)])), limits: defaultLimits, random: () => 0.5 },
    kinds: () => undefined,
    openAccount() {
      throw new Error("no account is read here");
    },
  };
  return {
    isBusy,
    async arrive(client, pieces) {
      const tenantId = tenantOf(client);
      await db.run(sql`insert or ignore into ${tenants} (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
        values (${tenantId}, ${tenantId}, 'shopify', 'growth', 'active', 'en', 'EUR', 'UTC', '{}', 0)`);
      const free = simulatedJobs.filter((id) => !left.get(`${client} ${id}`));
      const own = free.slice(0, Math.min(pieces, free.length));
      for (const [place, id] of own.entries()) {
        left.set(`${client} ${id}`, Math.floor(pieces / own.length) + (place < pieces % own.length ? 1 : 0));
        await db.insert(runs).values({
          ...{ id: newId("run", now()), tenantId, job: id, slot: slot++, trigger: "schedule", status: "queued" },
          ...{ availableAt: now(), createdAt: now(), requestId: "simulated", params: { client } },
        });
      }
      await give(tenantId);
    },
    take(at) {
      const batch = take(at);
      if (!batch) return null;
      const deliveries = batch.map((body, place) => ({
        ...{ id: `${place}`, body, ack: () => undefined },
        retry() {
          throw new Error("a turn was put off");
        },
      }));
      return (doPiece) => {
        doStep = doPiece;
        return workBatch(ctx, engine, deliveries);
      };
    },
  };
}

/** Empties what the simulation wrote. */
export const forgetSimulated = (db: Db) => db.batch([db.delete(actions), db.delete(runs), db.delete(turns), db.delete(tenants)]);

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
