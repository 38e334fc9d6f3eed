import { expect, test } from "vitest";
import { type Ask, createRateBudget, type Failed } from "#server/rate-budget.ts";
import { createRateLeases, type EndedCall, type RatedCall, type RateKeeper } from "#server/rate-leases.ts";

const account = { provider: "shopify", externalId: "shop-1", tenant: "t-1", connection: "con-1" };
const call = (more: Partial<RatedCall> = {}): RatedCall => ({
  ...{ account, limits: [{ name: "points", most: 100, perS: 10 }], cost: 1, priority: "sync", service: "api", ...more },
});
const went: EndedCall = { said: [], failed: null };

/** Invocations over one keeper, in a time of their own. */
function makeKeeper() {
  let at = 0;
  const budget = createRateBudget();
  const [asked, failed, well]: [Ask[], Failed[], string[]] = [[], [], []];
  const state = { away: false, waited: 0, told: 0 };
  const keeper: RateKeeper = {
    async take(_account, ask) {
      if (state.away) throw new Error("away");
      asked.push(ask);
      return budget.take(ask, at);
    },
    async fail(_account, told) {
      if (state.away) throw new Error("away");
      failed.push(told);
      budget.fail(told, at);
    },
    async well(_account, service) {
      well.push(service);
      budget.well(service);
    },
  };
  const pause = async (ms: number) => {
    state.waited += ms;
    at += ms;
  };
  return {
    ...{ asked, failed, well, state },
    pass: (ms: number) => {
      at += ms;
    },
    invocation: () => createRateLeases(keeper, { now: () => at, pause, away: () => void state.told++ }),
  };
}

test("a call does not cost a round trip: of thirty in a row the keeper is asked five times", async () => {
  const { asked, invocation } = makeKeeper();
  const leases = invocation();
  for (let calls = 0; calls < 30; calls++) {
    expect(await leases.begin(call(), 0)).toBeNull();
    await leases.end(call(), went);
  }
  expect(asked.map(({ calls }) => calls)).toEqual([1, 2, 4, 8, 10, 10]);
});

test("who waits has waited once, however often it asks meanwhile", async () => {
  const { asked, invocation } = makeKeeper();
  const points = (left: number) => [{ name: "points", left, exact: true }];
  const leases = invocation();
  const dear = call({ cost: 90 });
  await leases.begin(dear, 0);
  await leases.end(dear, { said: points(0), failed: null });
  expect(await leases.begin(dear, 30_000)).toBeNull();
  expect(asked.map(({ waited }) => waited).slice(0, 3)).toEqual([false, false, true]);
});

test("a lease that was not used up in time is over, and what is left of it is told", async () => {
  const { asked, invocation, pass } = makeKeeper();
  const leases = invocation();
  for (let calls = 0; calls < 4; calls++) await leases.begin(call(), 0);
  pass(2_000);
  await leases.begin(call(), 0);
  expect(asked.map(({ before }) => before?.unspent ?? null)).toEqual([null, 0, 0, 3]);
});

test("two invocations of one account have its budget between them, and wait where it is spent", async () => {
  const { invocation, state } = makeKeeper();
  const both = [invocation(), invocation()];
  const costly = call({ cost: 50, priority: "decision" });
  for (const leases of both) await leases.begin(costly, 0);
  expect(await both[0]?.begin(costly, 4_000)).toEqual({ retryAfterS: 5, down: false });
  expect(state.waited).toBe(0);
  expect(await both[1]?.begin(costly, 10_000)).toBeNull();
  expect(state.waited).toBeGreaterThanOrEqual(5_000);
});

test("what a reply says reaches the others with the next question, what a limit or a fault says at once", async () => {
  const { asked, failed, invocation } = makeKeeper();
  const leases = invocation();
  await leases.begin(call(), 0);
  await leases.end(call(), { said: [{ name: "points", left: 12, exact: true }], cost: 6, failed: null });
  await leases.begin(call(), 0);
  expect(asked[1]).toMatchObject({ said: [{ name: "points", left: 12, exact: true }], charges: [{ name: "points", cost: 6 }] });
  await leases.end(call(), { said: [], failed: { forMs: 3_000 } });
  expect(failed).toEqual([{ service: "api", limits: ["points"], forMs: 3_000 }]);
  expect(await invocation().begin(call(), 0)).toEqual({ retryAfterS: 3, down: false });
});

test("the first call that goes well after a failure is told at once, also by an invocation that makes no other", async () => {
  const { invocation, well, pass } = makeKeeper();
  const leases = invocation();
  for (let times = 0; times < 5; times++) {
    await leases.begin(call(), 0);
    await leases.end(call(), { said: [], failed: { forMs: null } });
  }
  pass(15_000);
  const trial = invocation();
  expect(await trial.begin(call(), 0)).toBeNull();
  await trial.end(call(), went);
  expect(well).toEqual(["api"]);
  expect(await invocation().begin(call(), 0)).toBeNull();
  await trial.end(call(), went);
  expect(well).toHaveLength(1);
});

test("what a reply said long ago is not told, and an account whose keeper is away takes no other with it", async () => {
  const { asked, invocation, pass, state } = makeKeeper();
  const leases = invocation();
  await leases.begin(call(), 0);
  await leases.end(call(), { said: [{ name: "points", left: 99, exact: true }], failed: null });
  pass(2_001);
  await leases.begin(call(), 0);
  expect(asked[1]?.said).toEqual([]);
  state.away = true;
  await leases.begin(call({ account: { ...account, externalId: "shop-2" } }), 0);
  state.away = false;
  pass(2_001);
  await leases.begin(call(), 0);
  expect(asked).toHaveLength(3);
});

test("a service that is left alone is waited for by nobody", async () => {
  const { invocation, state } = makeKeeper();
  const leases = invocation();
  for (let times = 0; times < 5; times++) {
    await leases.begin(call(), 0);
    await leases.end(call(), { said: [], failed: { forMs: null } });
  }
  expect(await invocation().begin(call(), 60_000)).toEqual({ retryAfterS: 15, down: true });
  expect(state.waited).toBe(0);
});

test("where the keeper is away each invocation keeps to a tenth by itself: correct, and slower", async () => {
  const { invocation, state } = makeKeeper();
  state.away = true;
  const leases = invocation();
  let calls = 0;
  while ((await leases.begin(call({ priority: "decision" }), 0)) === null) calls++;
  expect([calls, state.told]).toEqual([10, 1]);
  await leases.end(call(), { said: [], failed: { forMs: 9_000 } });
  expect(await leases.begin(call({ priority: "decision" }), 0)).toEqual({ retryAfterS: 9, down: false });
  state.away = false;
  expect(await leases.begin(call({ priority: "decision" }), 20_000)).toBeNull();
  expect(state.waited).toBeGreaterThanOrEqual(9_000);
});

test("many calls that begin at once ask the keeper one after the other, and all go", async () => {
  const { asked, invocation } = makeKeeper();
  const leases = invocation();
  expect(await Promise.all(Array.from({ length: 20 }, () => leases.begin(call(), 10_000)))).toEqual(Array(20).fill(null));
  expect(asked.length).toBeLessThan(8);
});

test("whoever's time is up waits no more", async () => {
  const { invocation } = makeKeeper();
  const leases = invocation();
  const costly = call({ cost: 100, priority: "decision" });
  await leases.begin(costly, 0);
  const over = AbortSignal.abort();
  expect(await leases.begin(costly, 60_000, over)).toEqual({ retryAfterS: 10, down: false });
});
