import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { ofCustomers } from "#db/holdings.ts";
import { actions, connections, orders } from "#db/schema/index.ts";
import { readLift } from "#server/domain/lift/read-lift.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeUser, testEnv, testTenantCtx } from "#test/harness.ts";
import { automation, begun, dayMs, liftRig, numbered } from "./lift-rig.ts";

test("what is no automation is not found", async () => {
  const { ctx } = await liftRig();
  await expect(readLift(ctx, { automation: "shopify-sensor" })).rejects.toMatchObject({ code: "automation_not_found" });
});

test("another client's customers are in none of the figures", async () => {
  const theirs = await liftRig();
  await theirs.propose({ customer: "1" }, { customer: "2", control: true });
  await theirs.buy({ customer: "1" }, { customer: "2" });
  const { read } = await liftRig();
  expect(await read()).toMatchObject({ verdict: "nobody", treated: { people: 0, bought: 0 }, control: { people: 0 }, values: [] });
});

test("of nobody there is no share, no difference and no number that is needed", async () => {
  const { read, set } = await liftRig();
  const nothing = { verdict: "nobody", difference: null, always: null, needed: null, others: null, values: [] };
  expect(await read()).toMatchObject({ ...nothing, treated: { share: null }, since: begun, outcomeDays: 30, holdout: 10, effectPoints: 5 });
  await set({ holdout: 0 });
  expect(await read()).toMatchObject({ ...nothing, control: null });
});

test("without a control group it says what happened, and no lift", async () => {
  const { read, propose, buy } = await liftRig({ holdout: 0 });
  await propose(...numbered(100).map((customer) => ({ customer })));
  await buy(...numbered(60).map((customer) => ({ customer })));
  expect(await read()).toMatchObject({
    ...{ verdict: "no_control", control: null, difference: null, always: null, needed: null, others: null },
    treated: { people: 100, bought: 60, share: 0.6 },
    values: [
      {
        currency: "GBP",
        treated: { buyers: 60, minor: 60_000, each: 600 },
        control: null,
        difference: null,
        always: null,
        bootstrap: null,
        agrees: null,
      },
    ],
  });
});

test("where all are left alone there is nothing to compare them with", async () => {
  const { read, propose, buy } = await liftRig();
  await propose(...numbered(50).map((customer) => ({ customer, control: true })));
  await buy({ customer: "1" });
  const lift = await read();
  expect(lift).toMatchObject({
    verdict: "too_few",
    difference: null,
    always: null,
    treated: { people: 0, share: null },
    control: { people: 50, bought: 1 },
  });
  expect(lift.values).toMatchObject([{ difference: null, bootstrap: null, agrees: null }]);
  expect(lift.needed?.more).toBeGreaterThan(100);
});

test("treated is who was proposed, whatever became of it; shadowed is neither, and neither is what was about no customer", async () => {
  const { read, propose } = await liftRig();
  for (const [index, status] of (
    ["waiting", "approved", "done", "undone", "failed", "rejected", "expired", "voided", "unsure"] as const
  ).entries())
    await propose({ customer: `t${index}`, status });
  await propose(
    { customer: "c", control: true },
    { customer: "s", control: null, status: "shadowed" },
    { customer: "e", control: null, status: "expired" },
  );
  expect(await read()).toMatchObject({ treated: { people: 9 }, control: { people: 1 } });
});

test("a customer counts once, from the first time on, and what they bought before or after their days is nothing of it", async () => {
  const { read, propose, buy } = await liftRig();
  await propose({ customer: "1", on: 10 }, { customer: "1", on: 20 }, { customer: "2", on: 10 }, { customer: "3", control: true, on: 10 });
  await buy(
    { customer: "1", on: 9 },
    { customer: "1", on: 41 },
    { customer: "2", on: 39 },
    { customer: "2", on: 12 },
    { customer: "3", on: 40 },
    { customer: null, on: 12 },
  );
  expect(await read()).toMatchObject({
    treated: { people: 2, bought: 1, share: 0.5 },
    control: { people: 1, bought: 1 },
    values: [{ treated: { buyers: 1, minor: 2000, each: 1000 }, control: { buyers: 1, minor: 1000, each: 1000 } }],
  });
});

test("whose days are not over, or not read of the shop yet, is counted as open and not compared", async () => {
  const { read, propose, buy, clock, ordersReadUntil } = await liftRig();
  await propose({ customer: "1", on: 0 }, { customer: "2", on: 100 }, { customer: "3", on: 100, control: true });
  await buy({ customer: "2", on: 101 });
  clock.now = begun + 120 * dayMs;
  await ordersReadUntil(120);
  expect(await read()).toMatchObject({ treated: { people: 1, open: 1, bought: 0 }, control: { people: 0, open: 1 }, values: [] });
  clock.now = begun + 140 * dayMs;
  expect(await read()).toMatchObject({ treated: { people: 1, open: 1 } });
  await ordersReadUntil(140);
  expect(await read()).toMatchObject({ treated: { people: 2, open: 0, bought: 1 }, control: { people: 1, open: 0 } });
});

test("a cancelled order is no purchase, what was given back is taken off, and of an order that was given back whole nothing is left", async () => {
  const { read, propose, buy, giveBack } = await liftRig();
  await propose(...numbered(4).map((customer) => ({ customer })), { customer: "9", control: true });
  await buy({ customer: "0", cancelled: true }, { customer: "1", id: "part" }, { customer: "2", id: "whole" }, { customer: "3" });
  await giveBack("part", 400);
  await giveBack("whole", 600);
  await giveBack("whole", 400);
  expect(await read()).toMatchObject({
    treated: { people: 4, bought: 2 },
    values: [{ currency: "GBP", treated: { buyers: 2, minor: 1600, each: 400 } }],
  });
});

test("amounts of two currencies are never added, also where one order has both; who bought counts once", async () => {
  const { read, propose, buy, giveBack } = await liftRig();
  await propose({ customer: "1" }, { customer: "2" }, { customer: "9", control: true });
  await buy({ customer: "1", id: "both" }, { customer: "1", currency: "EUR", minor: 700 }, { customer: "2", currency: "JPY", minor: 5 });
  await giveBack("both", 300, "EUR");
  const { treated, values } = await read();
  expect(treated).toMatchObject({ bought: 2 });
  expect(Object.fromEntries(values.map((value) => [value.currency, value.treated]))).toEqual({
    GBP: { buyers: 1, minor: 1000, each: 500 },
    EUR: { buyers: 1, minor: 400, each: 200 },
    JPY: { buyers: 1, minor: 5, each: 2.5 },
  });
});

test("a customer who was forgotten is in neither group", async () => {
  const { ctx, read, propose, buy } = await liftRig();
  await propose({ customer: "1" }, { customer: "2" }, { customer: "3", control: true });
  await buy({ customer: "1" });
  // As the demand of a shop's customer has it (db/holdings.ts).
  expect(ofCustomers.find(({ table }) => table === actions)?.withCustomer).toBe("erased");
  await ctx.db.delete(actions).where(inTenant(ctx, actions, eq(actions.customerId, "1")));
  await ctx.db.update(orders).set({ customerId: null }).where(inTenant(ctx, orders));
  expect(await read()).toMatchObject({ treated: { people: 1, bought: 0 }, control: { people: 1 }, values: [] });
});

test("a shop that replaced another has its own customers, also where they have the same ids; what was about the other has no orders to be compared with", async () => {
  const { ctx, read, propose, buy, connect, shop } = await liftRig();
  await propose({ customer: "1" }, { customer: "2", control: true });
  await buy({ customer: "1" });
  const fresh = `${shop}_new`;
  await connect(fresh);
  expect(await read()).toMatchObject({ treated: { people: 1, bought: 1 } });
  await propose({ customer: "1", on: 50, shop: fresh }, { customer: "2", on: 50, shop: fresh }, { customer: "1", on: 20 });
  await buy({ customer: "2", on: 51, shop: fresh }, { customer: "1", on: 51 });
  expect(await read()).toMatchObject({ treated: { people: 2, bought: 1 }, control: { people: 0 } });
  await ctx.db
    .update(connections)
    .set({ status: "disconnected" })
    .where(inTenant(ctx, connections, eq(connections.id, fresh)));
  expect(await read()).toMatchObject({ treated: { people: 1, bought: 1 }, control: { people: 1 } });
  await ctx.db
    .update(connections)
    .set({ status: "disconnected" })
    .where(inTenant(ctx, connections, eq(connections.id, shop)));
  expect(await read()).toMatchObject({ verdict: "nobody", treated: { people: 0 } });
});

test("an automation that began again is compared from then on alone", async () => {
  const { read, propose, set } = await liftRig();
  await propose({ customer: "1" }, { customer: "2", control: true }, { customer: "1", control: true, on: 60 }, { customer: "3", on: 61 });
  await set({ startedAt: begun + 50 * dayMs });
  expect(await read()).toMatchObject({ since: begun + 50 * dayMs, treated: { people: 1 }, control: { people: 1 } });
});

test("a difference that is there is found, and one that is not is not, once there are enough of both", async () => {
  const world = async (without: number, having: number, effectPoints = 5) => {
    const rig = await liftRig({ holdout: 30, effectPoints });
    await rig.propose(
      ...numbered(1400).map((customer) => ({ customer })),
      ...numbered(600, 5000).map((customer) => ({ customer, control: true })),
    );
    await rig.buy(
      ...numbered(1400 * having).map((customer) => ({ customer })),
      ...numbered(600 * without, 5000).map((customer) => ({ customer })),
    );
    return rig.read();
  };
  const more = await world(0.1, 0.2);
  expect(more).toMatchObject({ verdict: "more", treated: { share: 0.2 }, control: { share: 0.1 }, values: [{ agrees: true }] });
  for (const found of [more.difference, more.values[0]?.bootstrap, more.values[0]?.difference, more.values[0]?.always])
    expect(found?.low).toBeGreaterThan(0);
  expect(more.difference?.estimate).toBeCloseTo(0.1, 10);
  expect(more.always?.low).toBeGreaterThan(0);
  expect(more.always?.low).toBeLessThan(more.difference?.low ?? 0);
  expect(more.values[0]?.difference?.estimate).toBeCloseTo(100, 10);
  expect(await world(0.2, 0.1)).toMatchObject({ verdict: "fewer" });
  const same = await world(0.1, 0.1, 10);
  expect(same).toMatchObject({ verdict: "unclear", needed: { more: 0, weeks: 0 } });
  expect((await world(0.1, 0.1, 1)).verdict).toBe("too_few");
});

test("one large order is no lift: the bootstrap is shown beside Welch's, and without 20 buyers in each group no bound holds at every look", async () => {
  const { read, propose, buy } = await liftRig();
  await propose(...numbered(300).map((customer) => ({ customer })), ...numbered(40, 900).map((customer) => ({ customer, control: true })));
  await buy({ customer: "1", minor: 9_000_000 }, { customer: "900" });
  const [value] = (await read()).values;
  expect(value).toMatchObject({ always: null, currency: "GBP" });
  expect(value?.bootstrap?.low).toBeLessThanOrEqual(0);
});

test("under the minimum it says how many more customers it takes, and by when at the pace until now", async () => {
  const { read, propose, buy, set, clock } = await liftRig();
  // Twenty days of ten a day, one of ten left alone.
  await propose(...numbered(200).map((customer, index) => ({ customer, control: index % 10 === 0, on: index / 10 })));
  await buy(...numbered(20).map((customer) => ({ customer, on: 21 })));
  clock.now = begun + 20 * dayMs;
  const { verdict, needed, ...lift } = await read();
  expect(verdict).toBe("too_few");
  // 10 % buy; 5 points more are seen by 1.96 from 3,593 and 399 on (SciPy), by the bound from about twice as many.
  expect(needed?.control).toBeGreaterThan(800);
  expect(needed?.control).toBeLessThan(1000);
  expect(needed?.treated).toBeCloseTo((needed?.control ?? 0) * 9, -2);
  const all = (needed?.treated ?? 0) + (needed?.control ?? 0);
  expect(needed?.more).toBeGreaterThan(all - 230);
  expect(needed?.more).toBeLessThan(all - 170);
  expect(needed?.weeks).toBe(Math.ceil((needed?.more ?? 0) / 70 + 30 / 7));
  expect(lift.always?.low).toBeLessThan(0);
  await set({ mode: "off" });
  expect((await read()).needed).toMatchObject({ more: needed?.more, weeks: null });
  await set({ mode: "auto", effectPoints: 20 });
  const large = await read();
  expect(large.needed?.control).toBeLessThan((needed?.control ?? 0) / 8);
});

test("other automations that contacted one group more than the other are told", async () => {
  const { read, propose } = await liftRig({ holdout: 50 });
  await propose(...numbered(60).map((customer) => ({ customer })), ...numbered(60, 500).map((customer) => ({ customer, control: true })));
  const other = (customer: string, decidedOn: number, status: "done" | "rejected" = "done") => ({
    customer,
    by: "price-drop-alerts",
    status,
    decidedOn,
    on: decidedOn,
  });
  await propose(...numbered(10).map((customer) => other(customer, 5)), ...numbered(8, 500).map((customer) => other(customer, 5)));
  // Neither what was not done, nor what was done after their days.
  await propose(
    ...numbered(20, 520).map((customer) => other(customer, 5, "rejected")),
    ...numbered(20, 540).map((customer) => other(customer, 31)),
  );
  expect(await read()).toMatchObject({ treated: { alsoOthers: 10 }, control: { alsoOthers: 8 }, others: { balanced: true } });
  await propose(...numbered(40, 508).map((customer) => other(customer, 6)));
  expect(await read()).toMatchObject({ control: { alsoOthers: 48 }, others: { balanced: false } });
});

test("the figures are the same whichever rows came first", async () => {
  const [one, other] = [await liftRig({ holdout: 50 }), await liftRig({ holdout: 50 })];
  const people = numbered(120).map((customer, index) => ({ customer, control: index % 2 === 0, on: index % 7 }));
  const sold = numbered(60, 30).map((customer, index) => ({ customer, minor: 500 + index * 37, on: 9, id: `o${customer}` }));
  await one.propose(...people);
  await one.buy(...sold);
  await other.buy(...[...sold].reverse());
  for (const person of [...people].reverse()) await other.propose(person);
  expect(await other.read()).toEqual(await one.read());
});

test("of 5,000 customers, each proposed once or twice among 20,000 orders, it reads some twelve rows a customer, in one statement", async () => {
  const { ctx, propose, buy } = await liftRig();
  await propose(...numbered(7_500).map((_, index) => ({ customer: String(index % 5_000), control: index % 10 === 0, on: index / 100 })));
  await propose(...numbered(5_000).map((customer) => ({ customer, by: "price-drop-alerts", on: 3, decidedOn: 150 })));
  await buy(...numbered(20_000).map((customer, index) => ({ customer, on: 1 + (index % 90) })));
  const counting = countingD1(testEnv.DB);
  const before = await readLift({ ...ctx, db: openDb(counting.d1) }, { automation });
  expect(before.treated.people + (before.control?.people ?? 0)).toBe(5_000);
  // 60,027 (2026-12-01).
  expect(counting.rowsRead()).toBeLessThan(62_000);
});

test("the agency's people read it, and whoever is nobody there does not", async () => {
  const { ctx } = await liftRig();
  const { actor } = await makeUser({ staff: true });
  expect(await readLift(testTenantCtx(ctx.tenant, "staff", { actor }), { automation })).toMatchObject({ verdict: "nobody" });
});
