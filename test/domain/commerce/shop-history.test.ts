import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openTenantDb } from "#db/client.ts";
import { customers, orders, refunds } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { shopHistory } from "#server/domain/commerce/shop-history.ts";
import { summaryOf } from "#server/domain/commerce/shop-summary.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";

let count = 0;
const newShop = async (): Promise<TenantCtx> => testTenantCtx(await makeTenant(), "system");

/** `[customer or null, day, gross]`, each at noon. */
async function sell(ctx: TenantCtx, sold: [string | null, string, number][], more: { currency?: string; at?: string } = {}): Promise<void> {
  const rows = sold.map(([customerId, day, grossMinor]) => {
    const placedAt = Date.parse(`${day}T${more.at ?? "12:00"}:00Z`);
    const externalId = String(count++);
    return {
      connectionId: "con",
      externalId,
      customerId,
      placedAt,
      day,
      grossMinor,
      currency: more.currency ?? "GBP",
      updatedAt: placedAt,
    };
  });
  await ctx.db.run(sql`
    insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
    select ${ctx.tenant.id}, value ->> 'connectionId', value ->> 'externalId', value ->> 'customerId', value ->> 'placedAt',
      value ->> 'day', value ->> 'grossMinor', value ->> 'currency', value ->> 'updatedAt' from json_each(${JSON.stringify(rows)})`);
}

async function giveBack(ctx: TenantCtx, day: string, amountMinor: number): Promise<void> {
  const externalId = String(count++);
  await ctx.db.insert(refunds).values({
    tenantId: ctx.tenant.id,
    connectionId: "con",
    externalId,
    orderExternalId: "0",
    refundedAt: Date.parse(`${day}T12:00:00Z`),
    day,
    amountMinor,
    currency: "GBP",
  });
}

test("a shop without orders has zeros, no gaps and no cohorts", async () => {
  const shop = shopHistory(await newShop(), "con");
  expect(await shop.summary()).toEqual({ orders: 0, customers: 0, guestOrders: 0, grossMinor: 0, refundsMinor: 0, currency: null });
  expect(await shop.repeat()).toEqual({ customers: 0, repeatCustomers: 0 });
  expect(await shop.gaps()).toBeNull();
  expect(await shop.cohorts(12)).toEqual([]);
  expect(await shop.daily("2020-01-01")).toEqual([]);
});

test("another tenant's orders are in none of the figures", async () => {
  const [mine, other] = [await newShop(), await newShop()];
  await sell(other, [
    ["a", "2026-01-01", 100],
    ["a", "2026-02-01", 100],
  ]);
  await giveBack(other, "2026-02-01", 50);
  expect(await summaryOf(mine, "con")).toMatchObject({ orders: 0, gross_minor: 0, refunds_minor: 0 });
  expect(await shopHistory(mine, "con").gaps()).toBeNull();
});

// a: Jan 10, Jan 20, Mar 1 (gaps 10, 40); b: Jan 31, Feb 2 (gap 2); c: Feb 5, Feb 5 (gap 0); d: Mar 3 once; two guests.
async function smallHistory(): Promise<TenantCtx> {
  const ctx = await newShop();
  await sell(ctx, [
    ["a", "2026-01-10", 1000],
    ["a", "2026-01-20", 500],
    ["a", "2026-03-01", 700],
    ["b", "2026-01-31", 300],
    ["b", "2026-02-02", 200],
    ["c", "2026-02-05", 100],
    ["c", "2026-02-05", 150],
    ["d", "2026-03-03", 900],
    [null, "2026-01-10", 50],
    [null, "2026-03-03", 25],
  ]);
  await giveBack(ctx, "2026-02-01", 400);
  await giveBack(ctx, "2026-03-03", 25);
  return ctx;
}

test("the summary counts customers once and guests apart", async () => {
  expect(await summaryOf(await smallHistory(), "con")).toEqual({
    orders: 10,
    customers: 4,
    guest_orders: 2,
    gross_minor: 3925,
    refunds_minor: 425,
    currency: "GBP",
  });
});

test("days have their orders and refunds, also a day with a refund alone", async () => {
  expect(await shopHistory(await smallHistory(), "con").daily("2026-02-01")).toEqual([
    { day: "2026-02-01", currency: "GBP", orders: 0, grossMinor: 0, refundsMinor: 400 },
    { day: "2026-02-02", currency: "GBP", orders: 1, grossMinor: 200, refundsMinor: 0 },
    { day: "2026-02-05", currency: "GBP", orders: 2, grossMinor: 250, refundsMinor: 0 },
    { day: "2026-03-01", currency: "GBP", orders: 1, grossMinor: 700, refundsMinor: 0 },
    { day: "2026-03-03", currency: "GBP", orders: 2, grossMinor: 925, refundsMinor: 25 },
  ]);
});

test("customers with more than one order are those who came back", async () => {
  expect(await shopHistory(await smallHistory(), "con").repeat()).toEqual({ customers: 4, repeatCustomers: 3 });
});

test("the median of an even number of gaps lies between the middle two, the mean over all", async () => {
  // Gaps 0, 2, 10, 40.
  expect(await shopHistory(await smallHistory(), "con").gaps()).toEqual({ medianDays: 6, meanDays: 13, gaps: 4 });
});

test("the median of an odd number of gaps is the middle one", async () => {
  const ctx = await newShop();
  await sell(ctx, [
    ["a", "2026-01-01", 1],
    ["a", "2026-01-02", 1],
    ["a", "2026-01-12", 1],
    ["a", "2026-03-12", 1],
  ]);
  expect(await shopHistory(ctx, "con").gaps()).toMatchObject({ medianDays: 10, gaps: 3 });
});

test("a cohort is a month of first purchases, and counts a customer once in each later month", async () => {
  expect(await shopHistory(await smallHistory(), "con").cohorts(12)).toEqual([
    { cohort: "2026-01", offset: 0, customers: 2 },
    { cohort: "2026-01", offset: 1, customers: 1 },
    { cohort: "2026-01", offset: 2, customers: 1 },
    { cohort: "2026-02", offset: 0, customers: 1 },
    { cohort: "2026-03", offset: 0, customers: 1 },
  ]);
  expect((await shopHistory(await smallHistory(), "con").cohorts(2)).map(({ cohort }) => cohort)).toEqual(["2026-02", "2026-03"]);
});

test("cohorts go over the end of the year", async () => {
  const ctx = await newShop();
  await sell(ctx, [
    ["a", "2025-11-30", 1],
    ["a", "2026-02-01", 1],
  ]);
  expect(await shopHistory(ctx, "con").cohorts(12)).toEqual([
    { cohort: "2025-11", offset: 0, customers: 1 },
    { cohort: "2025-11", offset: 3, customers: 1 },
  ]);
});

test("amounts of two currencies are not added: the latest one counts, the other stands beside it", async () => {
  const ctx = await newShop();
  await sell(ctx, [["a", "2026-01-01", 1000]], { currency: "EUR" });
  await sell(ctx, [["a", "2026-02-01", 300]]);
  expect(await summaryOf(ctx, "con")).toEqual({
    ...{ orders: 2, customers: 1, guest_orders: 0, gross_minor: 300, refunds_minor: 0, currency: "GBP" },
    others: [{ currency: "EUR", orders: 1, gross_minor: 1000, refunds_minor: 0 }],
  });
});

test("of two currencies of one day that of the later order counts", async () => {
  const ctx = await newShop();
  await sell(ctx, [["a", "2026-02-01", 30_000]], { currency: "EUR", at: "09:00" });
  await sell(ctx, [["a", "2026-02-01", 300]], { currency: "USD", at: "15:00" });
  await sell(ctx, [["b", "2026-02-01", 200]], { currency: "EUR", at: "10:00" });
  expect(await summaryOf(ctx, "con")).toMatchObject({
    gross_minor: 300,
    currency: "USD",
    others: [{ currency: "EUR", gross_minor: 30_200 }],
  });
});

test("an order that is stamped ahead is no purchase before its day, and does not say the currency", async () => {
  const ctx = { ...(await smallHistory()), now: () => Date.parse("2026-03-10T12:00:00Z") };
  await sell(
    ctx,
    [
      ["d", "2026-04-01", 100],
      ["e", "2099-01-01", 100],
    ],
    { currency: "USD" },
  );
  const [shop, today] = [shopHistory(ctx, "con"), "2026-03-10"];
  expect(await shop.repeat(today)).toEqual({ customers: 4, repeatCustomers: 3 });
  expect(await shop.gaps(today)).toEqual({ medianDays: 6, meanDays: 13, gaps: 4 });
  expect(await shop.cohorts(12, today)).toEqual(await shopHistory(await smallHistory(), "con").cohorts(12));
  expect(await summaryOf(ctx, "con")).toMatchObject({ orders: 12, gross_minor: 3925, currency: "GBP" });
  expect(await shop.repeat("2026-04-01")).toEqual({ customers: 4, repeatCustomers: 4 });
});

test("a shop whose orders are all stamped ahead has their currency", async () => {
  const ctx = { ...(await newShop()), now: () => Date.parse("2026-03-10T12:00:00Z") };
  await sell(ctx, [["a", "2026-03-12", 100]]);
  expect(await summaryOf(ctx, "con")).toMatchObject({ orders: 1, gross_minor: 100, currency: "GBP" });
});

test("cohorts are of the last months up to today's, though nobody bought in them", async () => {
  const shop = shopHistory(await smallHistory(), "con");
  expect((await shop.cohorts(3, "2026-05-20")).map(({ cohort }) => cohort)).toEqual(["2026-03"]);
  expect(await shop.cohorts(2, "2026-05-20")).toEqual([]);
});

test("every figure is read from an index that covers it, one row an order", async () => {
  const ctx = await newShop();
  const sold = Array.from({ length: 2000 }, (_, index): [string, string, number] => [
    `c${index % 300}`,
    `2026-0${1 + (index % 9)}-11`,
    100,
  ]);
  await sell(ctx, sold);
  await sell(await newShop(), sold);
  const plans: string[] = [];
  let read = 0;
  const d1 = new Proxy(testEnv.DB, {
    get(target, key) {
      if (key !== "prepare") return Reflect.get(target, key);
      return (query: string) => ({
        bind: (...values: unknown[]) => {
          const statement = target.prepare(query).bind(...values);
          const watched = async () => {
            const plan = await target
              .prepare(`explain query plan ${query}`)
              .bind(...values)
              .all<{ detail: string }>();
            plans.push(...plan.results.map(({ detail }) => detail));
            const result = await statement.all();
            read = result.meta.rows_read;
            return result;
          };
          return { ...statement, all: watched };
        },
      });
    },
  });
  const shop = shopHistory({ ...ctx, db: openTenantDb(d1, ctx.tenant.id) }, "con");
  const cost: Record<string, number> = {};
  await shop.summary("2026-12-01");
  cost.summary = read;
  await shop.repeat("2026-12-01");
  cost.repeat = read;
  await shop.cohorts(12, "2026-12-01");
  cost.cohorts = read;
  await shop.gaps("2026-12-01");
  cost.gaps = read;
  await shop.daily("2026-09-01");
  cost.daily = read;
  const tables = plans.filter((detail) => /(SEARCH|SCAN) (orders|refunds)\b/.test(detail));
  expect(tables.length).toBeGreaterThan(5);
  expect(tables.filter((detail) => !/USING COVERING INDEX/.test(detail))).toEqual([]);
  // Twice through the orders at most; windows and cohorts pay for their own sorting, once a day. A day's range reads that range.
  expect(cost.summary).toBeLessThan(2 * 2000 + 50);
  expect(cost.repeat).toBeLessThan(2000 + 50);
  expect(cost.cohorts).toBeLessThan(6 * 2000);
  expect(cost.gaps).toBeLessThan(10 * 2000);
  expect(cost.daily).toBeLessThan(300);
});

test("an order that was cancelled is no purchase: not in the customers, their return, their gaps or their cohorts", async () => {
  const ctx = await newShop();
  await sell(ctx, [
    ["a", "2026-01-01", 100],
    ["a", "2026-02-01", 100],
    ["b", "2026-01-05", 100],
  ]);
  await ctx.db
    .update(orders)
    .set({ cancelledAt: 1 })
    .where(inTenant(ctx, orders, sql`${orders.day} < '2026-01-04' or ${orders.customerId} = 'b'`));
  const shop = shopHistory(ctx, "con");
  expect(await shop.repeat()).toEqual({ customers: 1, repeatCustomers: 0 });
  expect(await shop.gaps()).toBeNull();
  expect(await shop.cohorts(12)).toEqual([{ cohort: "2026-02", offset: 0, customers: 1 }]);
  expect(await shop.summary()).toMatchObject({ orders: 3, grossMinor: 300 });
});

test("of a till with 60,000 orders the newest are told by time, and nobody beside it is kept back", async () => {
  const ctx = await newShop();
  const [from, all] = [Date.parse("2026-01-01T12:00:00Z"), 60_000];
  await ctx.db.run(sql`insert into ${customers} (tenant_id, connection_id, external_id, orders, spent_minor, currency, mail_consent, sms_consent, created_at, updated_at)
      select ${ctx.tenant.id}, 'con', value, 1, 1, 'GBP', 'subscribed', 'unknown', 1, 1 from json_each('["1","2"]')`);
  await ctx.db.run(sql`with recursive n(i) as (select 0 union all select i + 1 from n where i < ${all - 1})
      insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
      select ${ctx.tenant.id}, 'con', 'till-' || i, '1', ${from} + i * 60000, date((${from} + i * 60000) / 1000, 'unixepoch'), 1000, 'GBP', 1 from n`);
  await sell(ctx, [
    ["2", "2026-01-03", 200],
    ["2", "2026-01-02", 100],
  ]);
  const shop = shopHistory(ctx, "con");
  const buyers = await shop.buyers({ minOrders: 2, lastFrom: 0, lastUntil: from + 1e12, channel: "email", after: null, limit: 100 });
  const agreed = await shop.agreed({ customers: ["1", "2", "3"], channel: "email" });
  for (const found of [buyers, agreed]) {
    expect(found.map(({ customerId, purchases }) => [customerId, purchases.length])).toEqual([
      ["1", 5000],
      ["2", 2],
    ]);
    expect(found[0]?.purchases.at(-1)?.at).toBe(from + (all - 1) * 60_000);
    expect(found[1]?.purchases.map(({ grossMinor }) => grossMinor)).toEqual([100, 200]);
  }
});
