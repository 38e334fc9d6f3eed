import { describe, expect, test } from "vitest";
import { type Ask, createRateBudget, type Priority } from "#server/rate-budget.ts";

const second = 1_000;
/** A hundred units at once, ten more a second. */
const limit = { name: "points", most: 100, perS: 10 };
const ask = (more: Partial<Ask> = {}, cost = 10): Ask => ({
  ...{ charges: [{ ...limit, cost }], calls: 1, priority: "decision" as const, service: "api", ...more },
});

test("a limit gives what it has, then what comes back, and says how long to wait", () => {
  const budget = createRateBudget();
  for (let calls = 0; calls < 10; calls++) expect(budget.take(ask(), 0).calls).toBe(1);
  expect(budget.take(ask(), 0)).toMatchObject({ calls: 0, waitMs: second, down: false });
  expect(budget.take(ask(), 999).calls).toBe(0);
  expect(budget.take(ask(), second).calls).toBe(1);
});

test("many calls are given at once, but never more than a quarter of what is there, so that other workers find some", () => {
  const budget = createRateBudget();
  expect(budget.take(ask({ calls: 10 }, 1), 0).calls).toBe(10);
  expect(budget.take(ask({ calls: 10 }, 10), 0).calls).toBe(2);
  expect(budget.take(ask({ calls: 1 }, 40), 0).calls).toBe(1);
});

test("calls that were not made come back", () => {
  const budget = createRateBudget();
  for (let calls = 0; calls < 10; calls++) budget.take(ask(), 0);
  const { lease } = budget.take(ask(), 0);
  expect(budget.take(ask({ before: { lease, unspent: 1 } }), 0).calls).toBe(1);
});

test("what a person decided goes before what is read daily, and that before what is read of the past", () => {
  const left = (priority: Priority) => {
    const budget = createRateBudget();
    let calls = 0;
    while (budget.take(ask({ priority }), 0).calls > 0) calls++;
    return calls;
  };
  expect([left("decision"), left("sync"), left("backfill")]).toEqual([10, 8, 5]);
});

test("of several limits the tightest counts, and a call that costs more than there can ever be is not kept back for ever", () => {
  const budget = createRateBudget();
  const charges = [
    { ...limit, cost: 1 },
    { name: "minute", most: 2, perS: 1 / 30, cost: 1 },
  ];
  expect([budget.take(ask({ charges }), 0).calls, budget.take(ask({ charges }), 0).calls]).toEqual([1, 1]);
  expect(budget.take(ask({ charges }), 0)).toMatchObject({ calls: 0, waitMs: 30 * second, down: false });
  expect(budget.take(ask({ priority: "backfill" }, 500), 0).calls).toBe(0);
  expect(budget.take(ask({ priority: "backfill" }, 500), second).calls).toBe(1);
});

describe("a reply", () => {
  test("that says exactly what is left counts more than what was reckoned, less what is handed out elsewhere", () => {
    const budget = createRateBudget();
    const { lease } = budget.take(ask({ calls: 2 }, 10), 0);
    const said = [{ name: "points", left: 30, exact: true }];
    expect(budget.take(ask({ said }), 0).calls).toBe(1);
    // 30, less the 20 of the first answer, less this one's own 10.
    expect(budget.take(ask(), 0)).toMatchObject({ calls: 0, waitMs: second });
    // Its own calls are in what the first one was told.
    expect(budget.take(ask({ said, before: { lease, unspent: 0 } }), 0).calls).toBe(1);
    expect(budget.take(ask({ said: [{ name: "points", left: 90, exact: true }] }), 3 * second).calls).toBe(1);
  });

  test("of a window of the provider's own only lowers it, and a plan's other size and pace are learned", () => {
    const budget = createRateBudget();
    budget.take(ask(), 0);
    budget.take(ask({ said: [{ name: "points", left: 1_000 }] }), 0);
    expect(budget.take(ask({ said: [{ name: "points", left: 5 }] }), 0).calls).toBe(0);
    budget.take(ask({ said: [{ name: "points", most: 400, perS: 200 }] }), 0);
    expect(budget.take(ask({ calls: 10 }), 2 * second).calls).toBe(10);
  });

  test("that was limited closes the limit until it may be asked again, for all", () => {
    const budget = createRateBudget();
    budget.take(ask(), 0);
    budget.fail({ service: "api", limits: ["points"], forMs: 7 * second }, 0);
    expect(budget.take(ask(), second)).toMatchObject({ calls: 0, waitMs: 6 * second, down: false });
    expect(budget.take(ask(), 7 * second).calls).toBe(1);
  });
});

describe("a service", () => {
  const fail = { service: "api", limits: [], forMs: null };

  test("that fails five times in a row is left alone for longer and longer, tried by one call, and well again with its first answer", () => {
    const budget = createRateBudget();
    for (let times = 0; times < 4; times++) budget.fail(fail, 0);
    expect(budget.take(ask({ calls: 5 }, 1), 0).calls).toBe(5);
    budget.fail(fail, 0);
    expect(budget.take(ask(), 0)).toMatchObject({ calls: 0, waitMs: 15 * second, down: true });
    expect(budget.take(ask({ calls: 5 }, 1), 15 * second).calls).toBe(1);
    expect(budget.take(ask(), 15 * second)).toMatchObject({ calls: 0, down: true });
    budget.fail(fail, 16 * second);
    expect(budget.take(ask(), 16 * second)).toMatchObject({ calls: 0, waitMs: 30 * second, down: true });
    expect(budget.take(ask(), 46 * second)).toMatchObject({ calls: 1, shaky: true });
    budget.well("api");
    expect(budget.take(ask({ calls: 5 }, 1), 47 * second)).toMatchObject({ calls: 5, shaky: false });
  });

  test("whose failures lie minutes apart, or that has no budget left just now, is not left alone, and loses no trial", () => {
    const budget = createRateBudget();
    for (let times = 0; times < 9; times++) budget.fail(fail, times * 61 * second);
    expect(budget.take(ask(), 9 * 61 * second).down).toBe(false);
    const other = createRateBudget();
    for (let times = 0; times < 5; times++) other.fail(fail, 0);
    for (let calls = 0; calls < 10; calls++) other.take(ask({ service: "ads" }), 0);
    other.take(ask({ service: "ads" }, 100), 15 * second);
    expect(other.take(ask({ priority: "backfill" }), 15 * second)).toMatchObject({ calls: 0, down: false });
    other.take(ask({ priority: "backfill", service: "ads" }), 15 * second);
    expect(other.take(ask(), 26 * second)).toMatchObject({ calls: 1, down: false });
  });

  test("of a provider says nothing of its other one", () => {
    const budget = createRateBudget();
    for (let times = 0; times < 5; times++) budget.fail(fail, 0);
    expect(budget.take(ask({ service: "ads" }), 0).calls).toBe(1);
  });
});

test("how much was used is told of the last whole minute, and who had to wait in it", () => {
  const budget = createRateBudget();
  const minute = 60 * second;
  for (let at = 0; at < minute; at += second) budget.take(ask({}, 5), at);
  // A hundred are there, for one of these.
  for (let times = 0; times < 3; times++) budget.take(ask({}, 100), minute - 1);
  budget.take({ ...ask({}, 100), waited: true }, minute - 1);
  expect(budget.used(minute)).toEqual([{ limit: "points", share: (60 * 5 + 100) / (60 * 10), waits: 2 }]);
  expect(budget.used(3 * minute)).toEqual([{ limit: "points", share: 0, waits: 0 }]);
});
