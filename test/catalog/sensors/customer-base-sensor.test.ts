import { eq, sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { customerModels, customerScores, orders, privacyRequests, runs } from "#db/schema/index.ts";
import { unsettle } from "#sandbox/shop/unruly.ts";
import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { customerBaseSensor } from "#server/catalog/sensors/customer-base-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { randomOf } from "#server/models/bootstrap.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { numberOf, ordersToldBy } from "../automations/another-way.ts";
import { orderOf, stage, wareOf } from "../automations/stage.ts";
import { type RunInput, runSensor } from "./run-sensor.ts";
import { sandbox, sandboxAccount } from "./sandbox-account.ts";

const dayMs = 86_400_000;
const now = Date.parse("2026-11-30T12:00:00Z");
const yesterday = "2026-11-29";

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));

/** An order: whose, how many days before yesterday, how much. */
type Bought = [customerId: string | null, ago: number, minor?: number, more?: { currency?: string; cancelled?: true }];

async function sell(ctx: TenantCtx, bought: readonly Bought[], connectionId = "con_shop") {
  const rows = bought.map(([customerId, ago, minor = 1000, { currency = "GBP", cancelled } = {}], place) => {
    const day = addDays(yesterday, -ago);
    return [`${customerId ?? "guest"}-${place}`, customerId, Date.parse(day) + place, day, minor, currency, cancelled ? now : null];
  });
  await ctx.db.run(sql`insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at, cancelled_at)
    select ${ctx.tenant.id}, ${connectionId}, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>2, value->>6
    from json_each(${JSON.stringify(rows)})`);
}

async function makeShop(bought: readonly Bought[]) {
  const ctx = testTenantCtx(await makeTenant(), "system");
  await sell(ctx, bought);
  const account = { ...(await sandboxAccount("shopify", "base.myshopify.com", { scopes: [] })), connectionId: "con_shop", timezone: "UTC" };
  return { ctx, run: (input: Partial<RunInput> = {}) => runSensor(ctx, customerBaseSensor, { account, now, ...input }), ...readers(ctx) };
}

const readers = (ctx: TenantCtx) => ({
  scores: () => ctx.db.select().from(customerScores).where(inTenant(ctx, customerScores)).orderBy(customerScores.customerId),
  async model() {
    const [row, ...others] = await ctx.db.select().from(customerModels).where(inTenant(ctx, customerModels));
    expect(others).toEqual([]);
    return row ?? expect.unreachable("a model");
  },
});

/** Customers who come over a time, buy at their own pace and leave after some purchase: enough to tell how. */
function regulars(count: number, overDays: number, seed = 7): Bought[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, n): Bought[] => {
    const first = Math.floor(random() * overDays);
    const gap = 5 + random() * random() * 120;
    const leaves = random() * 0.5;
    const days = [first];
    for (let day = first; random() > leaves; ) {
      day -= Math.max(1, Math.round(-Math.log(1 - random()) * gap));
      if (day < 0) break;
      days.push(day);
    }
    return days.map((ago) => [String(100_000 + n), ago, 500 + Math.round(random() * 4000)]);
  }).flat();
}

test("scores are what the shop's own orders say, to the last customer", async () => {
  const endsAt = Date.now() - 3_600_000;
  const sold = regulars(300, 400).map(([customerId, ago], id) =>
    orderOf(id + 1, endsAt - (ago + 1) * dayMs, { customerId: Number(customerId) - 80_000 }),
  );
  const year = unsettle({ orders: sold, products: [wareOf("A")] }, { currency: "GBP", endsAt });
  const shop = await stage(atRiskCustomerFlow, { ...year, consents: null });
  await shop.read();
  await runSensor(shop.ctx, customerBaseSensor, { account: shop.account });
  const london = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" });
  const until = addDays(dayOf(Date.now(), "Europe/London"), -1);
  const days = new Map<string, Set<string>>();
  for (const order of await ordersToldBy(shop.domain)) {
    if (!order.customer || order.cancelledAt !== null || order.test) continue;
    const [buyer, day] = [numberOf(order.customer.id), london.format(Date.parse(order.createdAt))];
    if (day <= until) days.set(buyer, (days.get(buyer) ?? new Set()).add(day));
  }
  const number = (day: string) => Date.parse(day) / dayMs;
  const histories = [...days].map(([customerId, own]) => {
    const sorted = [...own].sort();
    const [first, last] = [number(sorted[0] ?? ""), number(sorted.at(-1) ?? "")];
    return { customerId, frequency: own.size - 1, recency: last - first, age: number(until) - first };
  });
  expect(histories.length).toBeGreaterThan(200);
  const { params } = fitBgNbd(
    histories.map((each) => ({ ...each, customers: 1 })),
    randomOf(1),
  );
  const { model, scores } = readers(shop.ctx);
  const { step, reason, bought, boughtAgain, buying } = await model();
  expect([step, reason]).toEqual(["model", "enough"]);
  expect([bought, boughtAgain]).toEqual([histories.length, histories.filter(({ frequency }) => frequency > 0).length]);
  for (const name of ["r", "alpha", "a", "b"] as const) expect(buying?.params[name]).toBeCloseTo(params[name], 3);
  // Fader and Hardie's own formula: who has not left buys within t by 1 − ((α+T)/(α+T+t))^(r+x).
  const { r, alpha, a, b } = params;
  const chance = ({ frequency: x, recency, age }: (typeof histories)[number], t: number) => {
    const left = x === 0 ? 0 : (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x);
    return (1 - ((alpha + age) / (alpha + age + t)) ** (r + x)) / (1 + left);
  };
  const found = await scores();
  expect(found.map(({ customerId }) => customerId)).toEqual(histories.map(({ customerId }) => customerId).sort());
  for (const each of histories) {
    const score = found.find(({ customerId }) => customerId === each.customerId);
    expect(score?.chance30).toBeCloseTo(chance(each, 30), 4);
    expect(score?.chance90).toBeCloseTo(chance(each, 90), 4);
    expect(score?.asOf).toBe(until);
  }
});

test("orders in another order give the same model and the same scores", async () => {
  const bought = regulars(400, 500);
  const [one, other] = [await makeShop(bought), await makeShop(bought.toReversed())];
  await one.run();
  await other.run();
  const without = <T extends { tenantId: string }>({ tenantId: _, ...rest }: T) => rest;
  expect(without(await other.model())).toEqual(without(await one.model()));
  expect((await other.scores()).map(without)).toEqual((await one.scores()).map(without));
  expect((await one.scores()).length).toBe(400);
});

test("a shop without orders, and one of guests alone, have no scores, and the model says that there are too few customers", async () => {
  for (const bought of [[], Array.from({ length: 300 }, (_, n): Bought => [null, n])]) {
    const { run, model, scores } = await makeShop(bought);
    await run();
    expect(await model()).toMatchObject({ step: "recency", reason: "few_customers", bought: 0, buying: null, past: null });
    expect(await scores()).toEqual([]);
  }
});

test("orders of one day are one occasion, cancelled ones none, those of today not known yet", async () => {
  const { run, scores } = await makeShop([
    ...regulars(400, 500),
    ["1", 100],
    ["1", 100],
    ["2", 100],
    ["3", 100],
    ["3", 50, 1000, { cancelled: true }],
    ["4", 100],
    ["4", -1],
    ["5", 100],
    ["5", 50],
    ["6", 3, 1000, { cancelled: true }],
    ["7", -1],
  ]);
  await run();
  const of = new Map((await scores()).map(({ customerId, chance90 }) => [customerId, chance90]));
  expect([of.get("1"), of.get("3"), of.get("4")]).toEqual([of.get("2"), of.get("2"), of.get("2")]);
  expect(of.get("5")).not.toBe(of.get("2"));
  expect([of.has("6"), of.has("7")]).toEqual([false, false]);
});

test("thin history falls back step by step, says which, and then says no chances", async () => {
  const few = await makeShop(regulars(60, 500));
  await few.run();
  expect(await few.model()).toMatchObject({ step: "rfm", reason: "few_customers" });
  const short = await makeShop(regulars(400, 120));
  await short.run();
  expect(await short.model()).toMatchObject({ step: "rfm", reason: "short_history" });
  const once = await makeShop(Array.from({ length: 200 }, (_, n): Bought => [String(n), n * 2]));
  await once.run();
  expect(await once.model()).toMatchObject({ step: "recency", reason: "few_repeat_customers" });
  for (const shop of [few, short, once]) {
    const all = await shop.scores();
    expect(all.length).toBeGreaterThan(50);
    for (const each of all)
      expect(each).toMatchObject({ chance30: null, chance90: null, orders90: null, valueMinor: null, currency: null });
    expect(new Set(all.map(({ segment }) => segment)).size).toBeGreaterThan(1);
  }
});

test("the model is tried on the shop's own past: what it predicted of the last 90 days beside what came", async () => {
  const { run, model } = await makeShop(regulars(600, 700));
  await run();
  const { past, step } = await model();
  expect(step).toBe("model");
  expect(past).toMatchObject({ from: addDays(yesterday, -90), days: 90 });
  expect(past?.groups.reduce((sum, { customers }) => sum + customers, 0)).toBe(past?.customers);
  expect(past?.areas?.model).toBeGreaterThan(0.5);
  const { observed = 0, expected = 0 } = past?.orders ?? {};
  expect(expected / observed).toBeGreaterThan(0.7);
  expect(expected / observed).toBeLessThan(1.3);
});

test("expected orders know the season where there are two years, and where there is one they do not", async () => {
  const [one, two] = [await makeShop(regulars(600, 360)), await makeShop(regulars(900, 800))];
  await one.run();
  await two.run();
  expect((await one.model()).season).toBeNull();
  const { season } = await two.model();
  expect(season?.low).toBeLessThan(season?.estimate ?? 0);
  expect(season?.high).toBeGreaterThan(season?.estimate ?? Number.POSITIVE_INFINITY);
});

test("a shop that changes its currency is fitted anew at once: what was paid before is worth nothing in the new one, and counts as bought", async () => {
  const bought = regulars(400, 500);
  const { ctx, run, model, scores } = await makeShop(bought);
  await run();
  expect(await model()).toMatchObject({ currency: "GBP" });
  await sell(ctx, [
    ...regulars(40, 30, 3).map(([id, ago, minor]): Bought => [`9${id}`, ago, minor, { currency: "EUR" }]),
    ["99", -1, 1000, { currency: "EUR" }],
  ]);
  await run({ now: now + dayMs });
  const changed = await model();
  expect(changed).toMatchObject({ currency: "EUR", fittedUntil: addDays(yesterday, 1), spend: { params: null, doubt: "too_few" } });
  for (const { currency } of await scores()) expect(currency).toBe("EUR");
  expect(changed.bought).toBeGreaterThan(400);
});

test("it is scored every day, fitted once a week, and fitted at once where older orders were read meanwhile", async () => {
  const { ctx, run, model, scores } = await makeShop(regulars(400, 500));
  let cursor = (await run()).cursor;
  const first = (await model()).fittedAt;
  for (const days of [1, 6]) {
    cursor = (await run({ now: now + days * dayMs, cursor })).cursor;
    expect((await model()).fittedAt).toBe(first);
    for (const { asOf } of await scores()) expect(asOf).toBe(addDays(yesterday, days));
  }
  cursor = (await run({ now: now + 7 * dayMs, cursor })).cursor;
  expect((await model()).fittedAt).toBe(now + 7 * dayMs);
  await sell(
    ctx,
    regulars(60, 500, 3).map(([id, ago, minor]): Bought => [`9${id}`, ago, minor]),
  );
  await run({ now: now + 8 * dayMs, cursor });
  expect((await model()).fittedAt).toBe(now + 8 * dayMs);
});

test("killed between two pages it goes on as of the day it began, and then nobody is left out and nobody of before is left", async () => {
  const many = Array.from({ length: 10_100 }, (_, n): Bought[] => [
    [String(1_000_000 + n), 300 - (n % 200)],
    ...(n % 3 === 0 ? ([[String(1_000_000 + n), n % 90]] as Bought[]) : []),
  ]).flat();
  const { ctx, run, scores } = await makeShop([]);
  for (let from = 0; from < many.length; from += 5_000)
    await sell(
      ctx,
      many.slice(from, from + 5_000).map(([id, ago]) => [id, ago]),
    );
  await run();
  const before = await scores();
  expect(before.length).toBe(10_100);
  await ctx.db
    .update(orders)
    .set({ cancelledAt: now })
    .where(inTenant(ctx, orders, eq(orders.customerId, "1000000")));
  // Scored anew the next day, up to the first page; its worker dies, and another goes on the day after.
  const { cursor, steps } = await run({ now: now + dayMs, steps: 2 });
  expect(steps.at(-1)?.done).toBe(false);
  const days = async () => [...new Set((await scores()).map(({ asOf }) => asOf))].sort();
  expect(await days()).toEqual([yesterday, addDays(yesterday, 1)]);
  await run({ now: now + 2 * dayMs, cursor });
  expect(await days()).toEqual([addDays(yesterday, 1)]);
  expect((await scores()).map(({ customerId }) => customerId)).toEqual(before.slice(1).map(({ customerId }) => customerId));
});

test("who was forgotten after they were read is not scored", async () => {
  const { ctx, run, scores } = await makeShop(regulars(100, 300));
  await ctx.db.insert(privacyRequests).values({
    ...{ id: `prv-${ctx.tenant.id}`, tenantId: ctx.tenant.id, provider: "shopify", connectionId: "con_shop", deliveryId: "d" },
    ...{ kind: "redact_customer", subject: "100007", receivedAt: now, doneAt: Date.now() + 60_000 },
  });
  await run();
  const found = (await scores()).map(({ customerId }) => customerId);
  expect(found.length).toBe(99);
  expect(found).not.toContain("100007");
});

test("a shop in another's place begins anew: what was bought in the first is not known of the second", async () => {
  const { ctx, run } = await makeShop(regulars(200, 300));
  await run();
  await sell(ctx, [["100001", 5]], "con_other");
  const account = {
    ...(await sandboxAccount("shopify", "other.myshopify.com", { scopes: [] })),
    connectionId: "con_other",
    timezone: "UTC",
  };
  await runSensor(ctx, customerBaseSensor, { account, now });
  const of = inTenant(ctx, customerModels, eq(customerModels.connectionId, "con_other"));
  expect(await ctx.db.select().from(customerModels).where(of)).toMatchObject([{ bought: 1, step: "recency" }]);
});

test("a worker that lost its run writes no scores and no model", async () => {
  const { ctx, run, scores } = await makeShop(regulars(100, 300));
  await run({ steps: 2 });
  await ctx.db.delete(runs).where(inTenant(ctx, runs));
  expect(await scores()).toEqual([]);
  expect(await ctx.db.select().from(customerModels).where(inTenant(ctx, customerModels))).toEqual([]);
});
