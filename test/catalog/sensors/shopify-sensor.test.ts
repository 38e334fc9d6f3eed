import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { measurements, schedules } from "#db/schema/index.ts";
import type { OrderRow } from "#sandbox/shop/model.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { retentionSensor } from "#server/catalog/sensors/retention-sensor.ts";
import { recordsOf, type ShopifyOrder } from "#server/catalog/sensors/shopify-orders.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { summaryOf } from "#server/domain/commerce/shop-summary.ts";
import { readMetrics, readOverview, readSensor } from "#server/domain/metrics/overview.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { runSensor, valuesOf } from "./run-sensor.ts";
import { sandbox, sandboxAccount, scriptedAccount } from "./sandbox-account.ts";

const scopes = shopifySensor.needs[0]?.scopes ?? [];
const day = 86_400_000;
let shops = 0;

/** A shop of the sandbox with these orders alone. */
async function openShop(orders: OrderRow[], domain = `hand-${Date.now()}-${shops++}.myshopify.com`): Promise<string> {
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  await sandbox.control(`/shop/${domain}/rows`, { orders, products: [{ code: "85123A", title: "HOLDER", price: "2.55" }] });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "hand" });
  return domain;
}

const orderRow = (id: number, createdAt: number, gross: number, more: Partial<OrderRow> = {}): OrderRow => ({
  id,
  createdAt,
  customerId: null,
  country: "United Kingdom",
  gross,
  lines: "85123A|1|2.55",
  refunds: [],
  ...more,
});

async function start(
  orders: OrderRow[] = [],
): Promise<{ ctx: TenantCtx; domain: string; account: Awaited<ReturnType<typeof sandboxAccount>> }> {
  const domain = await openShop(orders);
  return { ctx: testTenantCtx(await makeTenant(), "system"), domain, account: await sandboxAccount("shopify", domain, { scopes }) };
}

test("a shop without orders measures zeros and no average, and is no failure", async () => {
  const { ctx, account } = await start();
  const run = await runSensor(ctx, shopifySensor, { account });
  const today = dayOf(Date.now(), "Europe/London");
  expect(valuesOf(run, "orders")).toEqual({ [today]: 0 });
  expect(valuesOf(run, "average_order")).toEqual({});
  expect(await summaryOf(ctx, account.connectionId)).toEqual({
    orders: 0,
    customers: 0,
    guest_orders: 0,
    gross_minor: 0,
    refunds_minor: 0,
    currency: null,
  });
});

test("a failure in the middle of the backfill loses nothing: it goes on from the page after the last committed step", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  // All of them changed in the same second: only the page's own place tells them apart.
  const rows = Array.from({ length: 2300 }, (_, index) => orderRow(index + 1, now - 5 * day, 100));
  const { ctx, domain, account } = await start(rows);
  const first = await runSensor(ctx, shopifySensor, { account, steps: 1 });
  expect(first.orders).toHaveLength(1000);
  await sandbox.control("/control", {
    faults: [{ provider: "shopify", account: domain, count: 1, effect: { type: "error", status: 503 } }],
  });
  await expect(runSensor(ctx, shopifySensor, { account, cursor: first.cursor })).rejects.toMatchObject({ kind: "unavailable" });
  const second = await runSensor(ctx, shopifySensor, { account, cursor: first.cursor });
  const ids = [...first.orders, ...second.orders].map(({ externalId }) => externalId);
  expect(ids).toHaveLength(2300);
  expect(new Set(ids).size).toBe(2300);
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 2300, gross_minor: 230_000 });
});

test("a page that the shop no longer knows is opened anew by date, and every order still comes", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const rows = Array.from({ length: 1100 }, (_, index) => orderRow(index + 1, now - 30 * day + index * 60_000, 100));
  const { ctx, account } = await start(rows);
  const first = await runSensor(ctx, shopifySensor, { account, steps: 1 });
  const lost = { ...(first.cursor as object), after: "no-such-place" };
  const second = await runSensor(ctx, shopifySensor, { account, cursor: lost });
  expect(second.orders.length).toBeLessThan(200);
  expect(second.steps[0]?.despite).toEqual(["rejected"]);
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 1100, gross_minor: 110_000 });
  expect(Object.values(valuesOf(second, "orders")).reduce((a, b) => a + b, 0)).toBe(1100);
});

test("another shop in the place of the first is read from its beginning, and the first one's orders are in none of its figures", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const { ctx, account } = await start([orderRow(1, now - day, 100)]);
  const first = await runSensor(ctx, shopifySensor, { account });
  const domain = await openShop([orderRow(7, now - 300 * day, 900)]);
  const other = await sandboxAccount("shopify", domain, { scopes });
  const second = await runSensor(ctx, shopifySensor, { account: other, cursor: first.cursor });
  expect(second.orders.map(({ externalId }) => externalId)).toEqual(["7"]);
  expect(Object.values(valuesOf(second, "orders")).reduce((a, b) => a + b)).toBe(1);
  expect(await summaryOf(ctx, other.connectionId)).toMatchObject({ orders: 1, gross_minor: 900 });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 1, gross_minor: 100 });
});

test("retention and the customer base are told at once when the first history is complete, and not again", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const { ctx, account } = await start([orderRow(1, now - day, 100)]);
  const first = await runSensor(ctx, shopifySensor, { account });
  expect(first.steps.map(({ wake }) => wake ?? [])).toEqual([[], ["retention-sensor", "customer-base-sensor"]]);
  const second = await runSensor(ctx, shopifySensor, { account, cursor: first.cursor });
  expect(second.steps.flatMap(({ wake }) => wake ?? [])).toEqual([]);
});

test("a later run reads only what changed, a changed order is updated, and one seen twice counts once", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const old = orderRow(1, now - 20 * day, 1000, { customerId: 7 });
  const late = orderRow(2, now - day, 500);
  const { ctx, domain, account } = await start([old, late]);
  const first = await runSensor(ctx, shopifySensor, { account });
  const refund = { id: 90, createdAt: now - 3_600_000, amount: 400 };
  await openShop([{ ...old, refunds: [refund] }, late, orderRow(3, now - 60_000, 250)], domain);
  const second = await runSensor(ctx, shopifySensor, { account, cursor: first.cursor });
  // The refunded one, the new one, and the last one again.
  expect(second.orders.map(({ externalId }) => externalId).sort()).toEqual(["1", "2", "3"]);
  expect(await summaryOf(ctx, account.connectionId)).toEqual({
    orders: 3,
    customers: 1,
    guest_orders: 2,
    gross_minor: 1750,
    refunds_minor: 400,
    currency: "GBP",
  });
  const third = await runSensor(ctx, shopifySensor, { account, cursor: second.cursor });
  expect(third.orders.map(({ externalId }) => externalId)).toEqual(["3"]);
  expect(third.measurements.every(({ day: of }) => of >= dayOf(now - day, "Europe/London"))).toBe(true);
});

test("a refund of yesterday that is read after midnight still comes to yesterday", async () => {
  const midnight = Date.parse("2026-11-10T00:00:00Z");
  const order = orderRow(1, midnight - 20 * day, 1000);
  const { ctx, domain, account } = await start([order]);
  const first = await runSensor(ctx, shopifySensor, { account, now: midnight + 300_000 });
  await openShop([{ ...order, refunds: [{ id: 5, createdAt: midnight - 120_000, amount: 300 }] }], domain);
  const second = await runSensor(ctx, shopifySensor, { account, now: midnight + 1_200_000, cursor: first.cursor });
  expect(valuesOf(second, "refunds")).toEqual({ "2026-10-21": 0, "2026-11-09": 300, "2026-11-10": 0 });
});

test("a run that finds nothing new keeps its place in time", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const { ctx, domain, account } = await start([orderRow(1, now - day, 100)]);
  const first = await runSensor(ctx, shopifySensor, { account });
  await openShop([], domain);
  const second = await runSensor(ctx, shopifySensor, { account, cursor: first.cursor });
  account.calls.length = 0;
  await runSensor(ctx, shopifySensor, { account, cursor: second.cursor });
  const query = `updated_at:>='${new Date(now - day - 600_000).toISOString()}'`;
  expect(account.calls[0]?.body).toMatchObject({ variables: { query } });
});

test("an order with more refunds than a page of them holds has them all", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const refunds = Array.from({ length: 33 }, (_, index) => ({ id: 100 + index, createdAt: now - 3_600_000 - index, amount: 10 }));
  const { ctx, account } = await start([orderRow(1, now - 9 * day, 1000, { refunds })]);
  await runSensor(ctx, shopifySensor, { account });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 1, refunds_minor: 330 });
});

test("days are the shop's own, on both sides of midnight and of the clock change", async () => {
  // London left summer time on 2026-10-25: before, its midnight is 23:00 UTC, after it 00:00 UTC.
  const rows = [
    orderRow(1, Date.parse("2026-10-24T22:59:59Z"), 100),
    orderRow(2, Date.parse("2026-10-24T23:00:00Z"), 200),
    orderRow(3, Date.parse("2026-10-25T23:59:59Z"), 400),
    orderRow(4, Date.parse("2026-10-26T00:00:00Z"), 800),
  ];
  const { ctx, account } = await start(rows);
  const run = await runSensor(ctx, shopifySensor, { account, now: Date.parse("2026-10-27T12:00:00Z") });
  expect(valuesOf(run, "revenue")).toEqual({ "2026-10-24": 100, "2026-10-25": 600, "2026-10-26": 800, "2026-10-27": 0 });
  expect(valuesOf(run, "average_order")).toEqual({ "2026-10-24": 100, "2026-10-25": 300, "2026-10-26": 800 });
});

test("refunds count on the day they were given, and lower net revenue there", async () => {
  const at = Date.parse("2026-11-10T12:00:00Z");
  const { ctx, account } = await start([
    orderRow(1, at, 1000, { refunds: [{ id: 5, createdAt: at + 2 * day, amount: 300 }] }),
    orderRow(2, at, 501),
  ]);
  const run = await runSensor(ctx, shopifySensor, { account, now: at + 3 * day });
  expect(valuesOf(run, "refunds")).toEqual({ "2026-11-10": 0, "2026-11-11": 0, "2026-11-12": 300, "2026-11-13": 0 });
  expect(valuesOf(run, "net_revenue")).toEqual({ "2026-11-10": 1501, "2026-11-11": 0, "2026-11-12": -300, "2026-11-13": 0 });
  expect(valuesOf(run, "average_order")).toEqual({ "2026-11-10": 751 });
});

test("a generated year of a shop comes to what the sandbox says it is", async () => {
  const domain = `year-${Date.now()}.myshopify.com`;
  const ctx = testTenantCtx(await makeTenant(), "system");
  const account = await sandboxAccount("shopify", domain, { scopes });
  const run = await runSensor(ctx, shopifySensor, { account });
  const { orders, customers, guest_orders, gross_minor, refunds_minor, currency } = await sandbox.control<Record<string, unknown>>(
    `/shop/${domain}`,
  );
  expect(await summaryOf(ctx, account.connectionId)).toEqual({ orders, customers, guest_orders, gross_minor, refunds_minor, currency });
  const sum = (metric: string) => Object.values(valuesOf(run, metric)).reduce((a, b) => a + b, 0);
  expect([sum("orders"), sum("revenue"), sum("refunds")]).toEqual([orders, gross_minor, refunds_minor]);
  expect(valuesOf(run, "products")).toEqual({ [dayOf(Date.now(), "Europe/London")]: 120 });
  expect(sum("low_stock") + sum("out_of_stock")).toBeGreaterThan(0);
});

test("without the permission for older orders the last 60 days are read and said to be no more; once it is there all are read", async () => {
  const domain = `sixty-${Date.now()}.myshopify.com`;
  const ctx = testTenantCtx(await makeTenant(), "system");
  const few = await sandboxAccount("shopify", domain, { scopes: scopes.filter((scope) => scope !== "read_all_orders") });
  const run = await runSensor(ctx, shopifySensor, { account: few });
  const said = run.logs.map(({ message }) => message);
  expect(said).toContain(
    "Orders of the last 60 days only: older ones need a permission that this connection doesn’t have. All-time metrics start with the first connection.",
  );
  const oldest = Object.keys(valuesOf(run, "orders")).sort()[0] ?? "";
  expect(oldest >= dayOf(Date.now() - 61 * day, "Europe/London")).toBe(true);
  const { orders } = await sandbox.control<{ orders: number }>(`/shop/${domain}`);
  expect((await summaryOf(ctx, few.connectionId)).orders).toBeLessThan(orders);

  const all = await sandboxAccount("shopify", domain, { scopes });
  const later = await runSensor(ctx, shopifySensor, { account: all, cursor: run.cursor });
  expect((await summaryOf(ctx, all.connectionId)).orders).toBe(orders);
  expect(later.logs.map(({ message }) => message).join()).not.toContain("60 days");
  // Taken away again, what was read stays, and nothing is read anew.
  const calls = few.calls.length;
  await runSensor(ctx, shopifySensor, { account: few, cursor: later.cursor });
  expect(few.calls.length - calls).toBeLessThan(4);
});

test("products whose stock is not tracked are neither low nor sold out", async () => {
  const nodes = [
    { totalInventory: 0, tracksInventory: true },
    { totalInventory: -2, tracksInventory: true },
    { totalInventory: 3, tracksInventory: true },
    { totalInventory: 0, tracksInventory: false },
  ];
  const none = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] };
  const account = scriptedAccount("shopify", ({ body }) => {
    const { query } = body as { query: string };
    return query.includes("productsCount")
      ? { data: { productsCount: { count: 70 }, products: { ...none, nodes } } }
      : { data: { orders: none } };
  });
  const now = Date.parse("2026-11-10T12:00:00Z");
  const ctx = testTenantCtx(await makeTenant(), "system");
  const run = await runSensor(ctx, shopifySensor, { account, now });
  const figures = ["products", "low_stock", "out_of_stock"].map((metric) => valuesOf(run, metric)["2026-11-10"]);
  expect(figures).toEqual([70, 1, 2]);
  const soon = await runSensor(ctx, shopifySensor, { account, now: now + 900_000, cursor: run.cursor });
  expect(valuesOf(soon, "products")).toEqual({});
});

test("a shop that does not say how many products it has is not said to have none, and what is sold out is not judged by an older count", async () => {
  const now = Date.parse("2026-11-10T12:00:00Z");
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now + day });
  let productsCount: { count: number } | null = { count: 10 };
  const none = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] };
  const account = scriptedAccount(
    "shopify",
    ({ body }) =>
      JSON.stringify(body).includes("productsCount")
        ? { data: { productsCount, products: { ...none, nodes: [{ totalInventory: 0, tracksInventory: true }] } } }
        : { data: { orders: none } },
    { timezone: "UTC" },
  );
  const tiles = async () =>
    (await readOverview(ctx)).sensors[0]?.tiles
      .filter(({ key }) => key === "products" || key === "out_of_stock")
      .map(({ key, value, tone }) => [key, value, tone]);
  const first = await runSensor(ctx, shopifySensor, { account, now });
  expect(await tiles()).toEqual([
    ["products", 10, null],
    ["out_of_stock", 1, "warn"],
  ]);
  productsCount = null;
  await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  expect(await tiles()).toEqual([
    ["products", null, null],
    ["out_of_stock", 1, null],
  ]);
});

const money = (amount: string, currencyCode = "GBP") => ({ shopMoney: { amount, currencyCode } });
const shopifyOrder = (more: Partial<ShopifyOrder> = {}): ShopifyOrder => ({
  id: "gid://shopify/Order/5678",
  processedAt: "2026-11-01T22:30:00Z",
  updatedAt: "2026-11-03T09:00:00Z",
  cancelledAt: null,
  test: false,
  totalPriceSet: money("403.0"),
  customer: { id: "gid://shopify/Customer/1" },
  refunds: [],
  ...more,
});

test("a test order is no order", () => {
  expect(recordsOf(shopifyOrder({ test: true }), "UTC")).toBeNull();
});

test("a cancelled order comes to zero: sold on its day, and what was not refunded is returned on the day it was cancelled", () => {
  const refund = {
    id: "gid://shopify/Refund/9",
    createdAt: "2026-11-02T10:00:00Z",
    updatedAt: "2026-11-02T10:00:00Z",
    totalRefundedSet: money("100.0"),
  };
  const records = recordsOf(shopifyOrder({ cancelledAt: "2026-11-03T08:00:00Z", refunds: [refund] }), "UTC");
  expect(records?.order.grossMinor).toBe(40_300);
  expect(records?.refunds.map(({ externalId, day: of, amountMinor }) => [externalId, of, amountMinor])).toEqual([
    ["9", "2026-11-02", 10_000],
    ["5678-cancelled", "2026-11-03", 30_300],
  ]);
});

test("an order placed late in the evening in UTC belongs to the next day in Jerusalem", () => {
  expect(recordsOf(shopifyOrder(), "Asia/Jerusalem")?.order.day).toBe("2026-11-02");
  expect(recordsOf(shopifyOrder(), "Europe/London")?.order.day).toBe("2026-11-01");
});

test("an order's amount is in its currency's own minor units", () => {
  const gross = (amount: string, currency: string) =>
    recordsOf(shopifyOrder({ totalPriceSet: money(amount, currency) }), "UTC")?.order.grossMinor;
  expect(gross("1000.0", "JPY")).toBe(1000);
  expect(gross("1.5", "KWD")).toBe(1500);
  expect(gross("19.99", "EUR")).toBe(1999);
});

test("days are added over the end of months, years and clock changes", () => {
  expect(addDays("2026-10-25", 1)).toBe("2026-10-26");
  expect(addDays("2027-01-01", -1)).toBe("2026-12-31");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("0026-12-31", 1)).toBe("0027-01-01");
});

test("a day has four digits of its year, however early it is", () => {
  expect(dayOf(Date.parse("0001-01-01T12:00:00Z"), "UTC")).toBe("0001-01-01");
  expect(dayOf(Date.parse("0999-12-31T12:00:00Z"), "UTC")).toBe("0999-12-31");
  expect(dayOf(Date.parse("2026-03-08T23:30:00Z"), "Asia/Tokyo")).toBe("2026-03-09");
});

test("an order of the year 1 does not make the shop be read anew", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  const all = [placed(1, "2026-02-05T10:00:00Z"), placed(2, "2026-03-05T10:00:00Z")];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  all.push({ ...placed(3, "0001-01-01T10:00:00Z"), updatedAt: "2026-03-11T10:00:00Z" });
  const second = await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  // The last one again, and the new one.
  expect(second.orders.map(({ externalId }) => externalId)).toEqual(["2", "3"]);
});

/** A shop that answers with these orders, as `updated_at` asks for them. */
const answering = (all: () => ShopifyOrder[]) => (request: { body?: unknown }) => {
  const { query, variables } = request.body as { query: string; variables: { query?: string | null } };
  const pageInfo = { hasNextPage: false, endCursor: null };
  if (query.includes("productsCount")) return { data: { productsCount: { count: 0 }, products: { pageInfo, nodes: [] } } };
  const since = Date.parse(/updated_at:>='([^']+)'/.exec(variables.query ?? "")?.[1] ?? "1970-01-01T00:00:00Z");
  return { data: { orders: { pageInfo, nodes: all().filter(({ updatedAt }) => Date.parse(updatedAt) >= since) } } };
};
const placed = (id: number, at: string, more: Partial<ShopifyOrder> = {}) =>
  shopifyOrder({ id: `gid://shopify/Order/${id}`, processedAt: at, updatedAt: at, customer: null, totalPriceSet: money("100.0"), ...more });
const removal = (at: string, amount = "0.0") => ({
  id: `gid://shopify/Refund/${at}`,
  createdAt: at,
  updatedAt: at,
  totalRefundedSet: money(amount),
});

test("an order that was deleted in the shop goes by the weekly listing, and its days are measured anew", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  let all = [
    placed(1, "2026-03-01T10:00:00Z"),
    placed(2, "2026-03-02T10:00:00Z", { refunds: [removal("2026-03-04T10:00:00Z", "30.0")] }),
    placed(3, "2026-03-05T10:00:00Z"),
  ];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  all = all.filter(({ id }) => !id.endsWith("/2"));
  const soon = await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 3 });
  const later = await runSensor(ctx, shopifySensor, { account, now: now + 8 * day, cursor: soon.cursor });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 2, gross_minor: 20_000, refunds_minor: 0 });
  expect(valuesOf(later, "revenue")).toMatchObject({ "2026-03-02": 0, "2026-03-04": 0 });
  account.calls.length = 0;
  await runSensor(ctx, shopifySensor, { account, now: now + 8 * day + 900_000, cursor: later.cursor });
  expect(account.calls.filter(({ body }) => JSON.stringify(body).includes("PROCESSED_AT"))).toEqual([]);
});

test("of what the shop no longer shows, because it is too old for the app to see, nothing is taken for deleted", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  let all = [placed(1, "2025-11-01T10:00:00Z"), placed(2, "2026-02-01T10:00:00Z"), placed(3, "2026-03-05T10:00:00Z")];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  all = all.slice(1);
  const later = await runSensor(ctx, shopifySensor, { account, now: now + 8 * day, cursor: first.cursor });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 3 });
  all = [];
  await runSensor(ctx, shopifySensor, { account, now: now + 16 * day, cursor: later.cursor });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders: 3 });
});

test("an order that was deleted is missed though no older one is left: among all where all are shown, else among those of 59 days", async () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  const leftOf = async (granted: readonly string[]) => {
    const ctx = testTenantCtx(await makeTenant(), "system");
    let all = [placed(1, "2025-11-01T10:00:00Z"), placed(2, "2026-02-01T10:00:00Z"), placed(3, "2026-03-05T10:00:00Z")];
    const answer = answering(() => all);
    const account = { ...scriptedAccount("shopify", answer, { timezone: "UTC" }), scopes: granted };
    const first = await runSensor(ctx, shopifySensor, { account, now });
    all = all.slice(2);
    const second = await runSensor(ctx, shopifySensor, { account, now: now + 8 * day, cursor: first.cursor });
    const { orders } = await summaryOf(ctx, account.connectionId);
    all = [];
    await runSensor(ctx, shopifySensor, { account, now: now + 16 * day, cursor: second.cursor });
    // An empty list proves nothing.
    expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ orders });
    return orders;
  };
  expect(await leftOf(scopes)).toBe(1);
  expect(await leftOf(scopes.filter((scope) => scope !== "read_all_orders"))).toBe(2);
});

test("an order stamped ahead hides none that change before its time", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  const all = [placed(1, "2026-03-09T10:00:00Z"), placed(2, "2026-03-12T10:00:00Z")];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  all.push(placed(3, "2026-03-10T12:10:00Z"));
  const second = await runSensor(ctx, shopifySensor, { account, now: now + 900_000, cursor: first.cursor });
  expect(second.orders.map(({ externalId }) => externalId)).toContain("3");
  const third = await runSensor(ctx, shopifySensor, { account, now: now + 3 * day, cursor: second.cursor });
  expect(valuesOf(third, "revenue")["2026-03-12"]).toBe(10_000);
});

test("a shop whose only order is stamped ahead has sold nothing so far", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const account = scriptedAccount(
    "shopify",
    answering(() => [placed(1, "2026-03-12T10:00:00Z")]),
    { timezone: "UTC" },
  );
  const run = await runSensor(ctx, shopifySensor, { account, now: Date.parse("2026-03-10T12:00:00Z") });
  expect([valuesOf(run, "revenue"), valuesOf(run, "orders")]).toEqual([{ "2026-03-10": 0 }, { "2026-03-10": 0 }]);
});

test("an order of next month, or of 2099, adds no month to the triangle and takes none from it", async () => {
  const now = Date.parse("2026-03-30T12:00:00Z");
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now });
  const by = (id: number) => ({ customer: { id: `gid://shopify/Customer/${id}` } });
  const all = [
    placed(1, "2026-01-05T10:00:00Z", by(1)),
    placed(2, "2026-02-05T10:00:00Z", by(1)),
    placed(3, "2026-04-01T10:00:00Z", by(1)),
    placed(4, "2099-02-05T10:00:00Z", by(2)),
  ];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  await runSensor(ctx, shopifySensor, { account, now });
  await runSensor(ctx, retentionSensor, { account, now });
  const view = await readSensor(ctx, { sensor: "retention-sensor" });
  expect(view.cohorts[0]).toMatchObject({ running: "2026-03", cohorts: [{ month: "2026-01", customers: [1, 1, 0] }] });
  expect(view.tiles.map(({ value }) => value)).toEqual([1, 1, 31, 31]);
});

test("what an edit took out of an order is a return on the day of the edit, whether it was paid back or not", () => {
  const returns = (more: Partial<ShopifyOrder>) =>
    recordsOf(placed(1, "2026-03-01T10:00:00Z", more), "UTC")?.refunds.map(({ day: of, amountMinor }) => [of, amountMinor]);
  const at = "2026-03-03T10:00:00Z";
  // Nothing was paid yet: the removal is a refund of nothing.
  expect(returns({ currentTotalPriceSet: money("60.0"), refunds: [removal(at)] })).toEqual([
    ["2026-03-03", 0],
    ["2026-03-03", 4000],
  ]);
  // Paid back: the refund says it all, and it is not counted twice.
  expect(returns({ currentTotalPriceSet: money("60.0"), refunds: [removal(at, "40.0")] })).toEqual([
    ["2026-03-03", 4000],
    ["2026-03-03", 0],
  ]);
  expect(returns({ currentTotalPriceSet: money("100.0") })).toEqual([]);
  // An edit that adds raises the total before returns itself.
  expect(returns({ totalPriceSet: money("130.0"), currentTotalPriceSet: money("130.0") })).toEqual([]);
  // A cancelled one comes to zero, once.
  const cancelled = returns({ currentTotalPriceSet: money("0.0"), cancelledAt: "2026-03-04T10:00:00Z", refunds: [removal(at)] }) ?? [];
  expect(cancelled.reduce((sum, [, amount]) => sum + Number(amount), 0)).toBe(10_000);
});

test("a shop that changes its currency keeps its old days, and no average mixes the two", async () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  const ctx = testTenantCtx(await makeTenant({ currency: "EUR" }), "system", { now: () => now });
  const all = [
    placed(1, "2026-03-01T10:00:00Z", { totalPriceSet: money("300.00", "EUR") }),
    placed(2, "2026-03-09T10:00:00Z", { totalPriceSet: money("1200", "JPY") }),
    placed(3, "2026-03-09T11:00:00Z", { totalPriceSet: money("800", "JPY") }),
  ];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { currency: "JPY", timezone: "UTC" },
  );
  await runSensor(ctx, shopifySensor, { account, now });
  const view = await readOverview(ctx);
  const tiles = view.sensors.find(({ id }) => id === "shopify-sensor")?.tiles ?? [];
  const tile = (key: string) => tiles.find((each) => each.key === key);
  expect(view.currency).toBe("JPY");
  expect(tile("orders")).toMatchObject({ value: 3, currency: null, others: [] });
  expect(tile("revenue")).toMatchObject({ value: 2000, currency: "JPY", others: [{ value: 30_000, currency: "EUR" }] });
  expect(tile("average_order")).toMatchObject({ value: 1000, currency: "JPY", others: [{ value: 30_000, currency: "EUR" }] });
  const { charts } = await readSensor(ctx, { sensor: "shopify-sensor" });
  expect(charts.filter(({ key }) => key.startsWith("revenue")).map(({ label, currency }) => [label, currency])).toEqual([
    ["Revenue (JPY)", "JPY"],
    ["Revenue (EUR)", "EUR"],
  ]);
  const api = (await readMetrics(ctx)).sensors[0]?.metrics.find(({ key }) => key === "revenue");
  expect(api).toMatchObject({
    value: 2000,
    currency: "JPY",
    days: { "2026-03-09": 2000 },
    others: [{ value: 30_000, currency: "EUR", days: { "2026-03-01": 30_000 } }],
  });
});

test.each([
  ["UTC", "Pacific/Auckland", "2026-04-04T13:30:00Z"],
  ["America/New_York", "Asia/Tokyo", "2026-03-10T20:00:00Z"],
  ["Asia/Tokyo", "America/New_York", "2026-03-08T05:30:00Z"],
])("periods end on the shop's day: client in %s, shop in %s", async (clients, shops, at) => {
  const now = Date.parse(at);
  const ctx = testTenantCtx(await makeTenant({ timezone: clients }), "system", { now: () => now });
  const all = [placed(1, new Date(now - 1_800_000).toISOString())];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: shops },
  );
  await runSensor(ctx, shopifySensor, { account, now, timezone: clients });
  const shop = (await readOverview(ctx)).sensors[0];
  expect(shop?.days.at(-1)).toBe(dayOf(now, shops) > dayOf(now, clients) ? dayOf(now, shops) : dayOf(now, clients));
  expect(shop?.tiles.find(({ key }) => key === "revenue")).toMatchObject({ value: 10_000 });
  expect(shop?.tiles.find(({ key }) => key === "revenue")?.trend.filter((value) => value !== null && value > 0)).toEqual([10_000]);
});

test.each([
  ["Pacific/Pago_Pago", "Pacific/Kiritimati"],
  ["Pacific/Kiritimati", "Pacific/Pago_Pago"],
])("two days lie between a client in %s and a shop in %s, and both periods are whole", async (clients, shops) => {
  const now = Date.parse("2026-03-10T10:30:00Z");
  const ctx = testTenantCtx(await makeTenant({ timezone: clients }), "system", { now: () => now });
  const all = Array.from({ length: 70 }, (_, ago) => placed(ago + 1, new Date(now - ago * day - 60_000).toISOString()));
  all.push(placed(71, new Date(now - 120_000).toISOString()));
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: shops },
  );
  await runSensor(ctx, shopifySensor, { account, now, timezone: clients });
  const revenue = async () => (await readMetrics(ctx)).sensors[0]?.metrics.find(({ key }) => key === "revenue");
  // Before its schedule says the shop's calendar, what is measured ahead has begun.
  if (shops === "Pacific/Kiritimati") expect(await revenue()).toMatchObject({ value: 310_000, previous: 300_000 });
  await ctx.db
    .insert(schedules)
    .values({ tenantId: ctx.tenant.id, job: "shopify-sensor", everyS: 900, nextAt: now, config: {}, timezone: shops });
  expect(await revenue()).toMatchObject({ value: 310_000, previous: 300_000 });
});

test.each(["Mars/Olympus_Mons", "Etc/Unknown", "Eastern Time (US & Canada)"])(
  "a shop in %s is read by the client's days, and the log says so",
  async (timezone) => {
    const ctx = testTenantCtx(await makeTenant({ timezone: "Europe/Paris" }), "system");
    const account = scriptedAccount(
      "shopify",
      answering(() => [placed(1, "2026-03-09T23:30:00Z")]),
      { timezone },
    );
    const run = await runSensor(ctx, shopifySensor, { account, now: Date.parse("2026-03-10T12:00:00Z"), timezone: "Europe/Paris" });
    expect(run.orders.map(({ day: of }) => of)).toEqual(["2026-03-10"]);
    expect(run.steps.at(-1)?.timezone).toBe("Europe/Paris");
    expect(run.logs.filter(({ level }) => level === "warn").map(({ fields }) => fields?.timezone)).toContain(timezone);
  },
);

const stored = async (ctx: TenantCtx, metric: string) =>
  ctx.db
    .select({ day: measurements.day, dimension: measurements.dimension, value: measurements.value })
    .from(measurements)
    .where(inTenant(ctx, measurements, eq(measurements.metric, metric)))
    .orderBy(measurements.day, measurements.dimension);

test("an order stays on the day that it was counted on, though the shop has another time zone when it changes again", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  const refund = removal("2026-03-06T20:00:00Z", "30.0");
  let all = [placed(1, "2026-03-05T20:00:00Z", { refunds: [refund] })];
  const inZone = (timezone: string) =>
    scriptedAccount(
      "shopify",
      answering(() => all),
      { timezone },
    );
  const first = await runSensor(ctx, shopifySensor, { account: inZone("UTC"), now });
  all = [{ ...placed(1, "2026-03-05T20:00:00Z", { refunds: [refund] }), updatedAt: "2026-03-11T11:00:00Z" }];
  const second = await runSensor(ctx, shopifySensor, { account: inZone("Asia/Tokyo"), now: now + day, cursor: first.cursor });
  all = [
    {
      ...placed(1, "2026-03-05T20:00:00Z", { refunds: [{ ...refund, totalRefundedSet: money("40.0") }] }),
      updatedAt: "2026-03-12T11:00:00Z",
    },
  ];
  await runSensor(ctx, shopifySensor, { account: inZone("Asia/Tokyo"), now: now + 2 * day, cursor: second.cursor });
  const sold = (rows: Awaited<ReturnType<typeof stored>>) =>
    rows.filter(({ value }) => value !== 0).map(({ day: of, value }) => [of, value]);
  expect(sold(await stored(ctx, "orders"))).toEqual([["2026-03-05", 1]]);
  expect(sold(await stored(ctx, "revenue"))).toEqual([["2026-03-05", 10_000]]);
  expect(sold(await stored(ctx, "refunds"))).toEqual([["2026-03-06", 4000]]);
});

test("a day from which the last order is taken has no average any more", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  let all = [placed(1, "2026-03-05T20:00:00Z"), placed(2, "2026-03-06T20:00:00Z")];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  expect(await stored(ctx, "average_order")).toHaveLength(2);
  all = all.slice(0, 1);
  await runSensor(ctx, shopifySensor, { account, now: now + 8 * day, cursor: first.cursor });
  expect(await stored(ctx, "average_order")).toEqual([{ day: "2026-03-05", dimension: "", value: 10_000 }]);
});

test("an order that was reduced without a record of it, and then cancelled, is returned once", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  let all = [placed(1, "2026-03-05T20:00:00Z", { currentTotalPriceSet: money("60.0") })];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  const at = "2026-03-11T10:00:00Z";
  all = [{ ...placed(1, "2026-03-05T20:00:00Z", { currentTotalPriceSet: money("0.0"), cancelledAt: at }), updatedAt: at }];
  await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  expect((await stored(ctx, "refunds")).reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
});

test.each<[string, Partial<ShopifyOrder>, Partial<ShopifyOrder>]>([
  ["an unrecorded reduction is undone", { currentTotalPriceSet: money("60.0") }, { currentTotalPriceSet: money("100.0") }],
  ["a cancellation is taken back", { cancelledAt: "2026-03-06T10:00:00Z" }, { cancelledAt: null }],
  ["a refund is no longer there", { refunds: [removal("2026-03-06T10:00:00Z", "30.0")] }, { refunds: [] }],
])("where %s, the return goes and its day is measured anew; other orders keep theirs", async (_, before, after) => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  const other = placed(2, "2026-03-05T20:00:00Z", { refunds: [removal("2026-03-06T11:00:00Z", "5.0")] });
  let all = [placed(1, "2026-03-05T20:00:00Z", before), other];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  const returned = async () => (await stored(ctx, "refunds")).reduce((sum, { value }) => sum + value, 0);
  expect(await returned()).toBeGreaterThan(500);
  all = [{ ...placed(1, "2026-03-05T20:00:00Z", after), updatedAt: "2026-03-11T10:00:00Z" }, other];
  await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ gross_minor: 20_000, refunds_minor: 500 });
  expect(await returned()).toBe(500);
});

test("an order whose date is corrected is counted on its new day alone", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  let all = [placed(1, "2026-03-01T10:00:00Z")];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  all = [{ ...placed(1, "2026-03-05T10:00:00Z"), updatedAt: "2026-03-11T10:00:00Z" }];
  await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  expect((await stored(ctx, "revenue")).filter(({ value }) => value > 0)).toEqual([{ day: "2026-03-05", dimension: "", value: 10_000 }]);
});

test("a page that is older than what is stored of an order takes none of its returns", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.parse("2026-03-10T12:00:00Z");
  const at = "2026-03-05T20:00:00Z";
  let all = [{ ...placed(1, at, { refunds: [removal("2026-03-06T10:00:00Z", "30.0")] }), updatedAt: "2026-03-09T10:00:00Z" }];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  await runSensor(ctx, shopifySensor, { account, now });
  all = [placed(1, at)];
  await runSensor(ctx, shopifySensor, { account, now: now + day });
  expect(await summaryOf(ctx, account.connectionId)).toMatchObject({ refunds_minor: 3000 });
});

test("who ordered again in a month is no longer told of it when that order is cancelled, and none are told when all are", async () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now + 2 * day });
  const customer = { id: "gid://shopify/Customer/1" };
  let all = [placed(1, "2026-02-05T20:00:00Z", { customer }), placed(2, "2026-03-06T20:00:00Z", { customer })];
  const account = scriptedAccount(
    "shopify",
    answering(() => all),
    { timezone: "UTC" },
  );
  const first = await runSensor(ctx, shopifySensor, { account, now });
  const told = await runSensor(ctx, retentionSensor, { account, now });
  expect((await stored(ctx, "cohorts")).map(({ dimension }) => dimension)).toEqual(["2026-02|0", "2026-02|1"]);
  const cancel = (each: ShopifyOrder, at: string) => ({ ...each, cancelledAt: at, updatedAt: at });
  all = all.map((each) => (each.id.endsWith("/2") ? cancel(each, "2026-03-11T10:00:00Z") : each));
  const second = await runSensor(ctx, shopifySensor, { account, now: now + day, cursor: first.cursor });
  await runSensor(ctx, retentionSensor, { account, now: now + day, cursor: told.cursor });
  expect((await stored(ctx, "cohorts")).map(({ dimension }) => dimension)).toEqual(["2026-02|0"]);
  all = all.map((each) => cancel(each, "2026-03-12T10:00:00Z"));
  await runSensor(ctx, shopifySensor, { account, now: now + 2 * day, cursor: second.cursor });
  await runSensor(ctx, retentionSensor, { account, now: now + 2 * day, cursor: told.cursor });
  expect(await stored(ctx, "cohorts")).toEqual([]);
  const tiles = (await readOverview(ctx)).sensors.find(({ id }) => id === "retention-sensor")?.tiles ?? [];
  expect(tiles.map(({ key, value }) => [key, value])).toEqual([
    ["repeat_rate", null],
    ["customers", 0],
    ["median_gap", null],
    ["mean_gap", null],
  ]);
});
