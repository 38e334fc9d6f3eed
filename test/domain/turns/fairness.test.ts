import { beforeEach, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { jain, lowestJain } from "#scripts/bench/fairness/jain.ts";
import { firstComeFirstServed, forgetSimulated, ourRuns, ours, roundRobinGroups } from "#scripts/bench/fairness/schedulers.ts";
import { simulate, type World } from "#scripts/bench/fairness/simulate.ts";
import { testCtx, testEnv } from "#test/harness.ts";
import { database } from "../runs/rig.ts";

beforeEach(async () => void (await forgetSimulated(database)));

/** One client with five thousand pieces of work at once, and thirty that have one each ten seconds. */
function makeWorld(): World {
  const random = seededRandom("fairness");
  return {
    ...{ clients: 31, whale: 5_000, everyMs: 10_000, invocations: 1, random, untilMs: 360_000 },
    pieceMs: () => 500 + random() * 1_000,
  };
}

test("Jain's index is 1 where all have the same, and one in so many where one has all", () => {
  expect([jain([2, 2, 2]), jain([5, 0, 0, 0]), jain([])]).toEqual([1, 0.25, 1]);
});

test("nobody waits behind another client's backlog, and what is done is shared in any five minutes", async () => {
  const clock = { at: 0 };
  const fair = await simulate(makeWorld(), ours({ d1: testEnv.DB, log: testCtx().log, clock }), clock);
  const fifo = await simulate(makeWorld(), firstComeFirstServed());
  const groups = await simulate({ ...makeWorld(), invocations: 10 }, roundRobinGroups());
  const [own, first, robin] = [fair, fifo, groups].map((each) => ({ jain: lowestJain(each, makeWorld()), waitMs: each.longestWaitMs }));
  expect(own?.jain).toBeGreaterThanOrEqual(0.98);
  expect(own?.waitMs).toBeLessThan(8_000);
  // As good as groups that a database in memory picks piece by piece; first come, first served is what it is.
  expect((own?.jain ?? 0) - (robin?.jain ?? 0)).toBeGreaterThan(-0.005);
  expect(first?.jain).toBeLessThan(0.1);
  expect(first?.waitMs).toBeGreaterThan(300_000);
}, 180_000);

test("no run of another client waits behind one who reads the past in thirty jobs at once", async () => {
  const clock = { at: 0 };
  const world = { ...makeWorld(), invocations: 2 };
  const fair = await simulate(world, ourRuns({ d1: testEnv.DB, log: testCtx().log, clock }), clock);
  expect(lowestJain(fair, world)).toBeGreaterThanOrEqual(0.98);
  expect(fair.longestWaitMs).toBeLessThan(8_000);
  expect(fair.did.filter(([client]) => client === 0).length).toBeGreaterThan(720);
}, 180_000);
