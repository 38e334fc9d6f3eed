import { seededRandom } from "#sandbox/seed.ts";
import { createLog } from "#server/log.ts";
import { lowestJain } from "./jain.ts";
import { firstComeFirstServed, type OurWorld, ourRuns, ours, roundRobinGroups, weightedShuffle } from "./schedulers.ts";
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

/** A line for each of tens of thousands of runs says nothing; what fails shows in the figures. */
const quietLog = createLog({}, () => undefined);

function inOurWorld(d1: D1Database, scheduler: (of: OurWorld) => Scheduler): Promise<FairnessFigures> {
  const clock = { at: 0 };
  return figuresOf(scheduler({ d1, clock, log: quietLog }), world(invocations), clock);
}

const works: Record<string, (db: D1Database) => Promise<FairnessFigures>> = {
  "/ours": (d1) => inOurWorld(d1, ours),
  "/our-runs": (d1) => inOurWorld(d1, ourRuns),
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
