import { openDb } from "#db/client.ts";
import { seededRandom } from "#sandbox/seed.ts";
import { createLog } from "#server/log.ts";
import { lowestJain } from "./jain.ts";
import { firstComeFirstServed, ours, roundRobinGroups, weightedShuffle } from "./schedulers.ts";
import { type Scheduler, simulate, type World } from "./simulate.ts";

export interface FairnessFigures {
  jain: number;
  waitS: number;
  /** Pieces that were done. */
  did: number;
}

/** One client with fifty thousand pieces of work at once, and 999 that have one a minute each, for a quarter of an hour. */
const world = (invocations: number): World => {
  const random = seededRandom("fairness");
  return {
    ...{ clients: 1_000, whale: 50_000, everyMs: 60_000, invocations, random, untilMs: 15 * 60_000 },
    pieceMs: () => 500 + random() * 1_000,
  };
};
/** Of ours: each does ten pieces at once, so that the others have ten times as many, of one piece. */
const invocations = 4;
const piecesAtOnce = 10;

async function figuresOf(scheduler: Scheduler, of: World, clock?: { at: number }): Promise<FairnessFigures> {
  const found = await simulate(of, scheduler, clock);
  return {
    jain: lowestJain(found, of),
    waitS: found.longestWaitMs / 1000,
    did: found.did.reduce((sum, [, , pieces]) => sum + pieces, 0),
  };
}

const works: Record<string, (db: D1Database) => Promise<FairnessFigures>> = {
  "/ours": (db) => {
    const clock = { at: 0 };
    return figuresOf(ours(openDb(db), { log: createLog({}) }, clock), world(invocations), clock);
  },
  "/first-come": () => figuresOf(firstComeFirstServed(), world(invocations)),
  "/groups": () => figuresOf(roundRobinGroups(), world(invocations * piecesAtOnce)),
  // The bias is what Trigger.dev publishes as its default (MARQS_AVAILABLE_CAPACITY_BIAS); its limit of concurrency hangs on the plan.
  "/shuffle": () =>
    figuresOf(weightedShuffle({ limit: 10, bias: 0.3, random: seededRandom("shuffle") }), world(invocations * piecesAtOnce)),
};

export default {
  async fetch(request, { DB }) {
    const work = works[new URL(request.url).pathname];
    return work ? Response.json(await work(DB)) : new Response("no such work", { status: 404 });
  },
} satisfies ExportedHandler<{ DB: D1Database }>;
