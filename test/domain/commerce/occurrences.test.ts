import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { batchOf, openDb, openTenantDb } from "#db/client.ts";
import { occurrences, policies, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import type { OrderRow, ProductRow } from "#sandbox/shop/model.ts";
import { shopifyDetailsSensor } from "#server/catalog/sensors/shopify-details-sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import { deleteOrders } from "#server/domain/commerce/delete-orders.ts";
import { forgetOccurrences } from "#server/domain/commerce/forget-occurrences.ts";
import { occurrencesOf, wakeHearers } from "#server/domain/commerce/occurrences.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { type RunInput, runSensor } from "#test/catalog/sensors/run-sensor.ts";
import { sandbox, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const second = (instant: number) => Math.floor(instant / 1000) * 1000;
const iso = (instant: number) => new Date(second(instant)).toISOString();
const scopes = shopifyDetailsSensor.needs[0]?.scopes ?? [];
let shops = 0;

const order = (id: number, createdAt: number, more: Partial<OrderRow> = {}): OrderRow => ({
  ...{ id, createdAt: second(createdAt), customerId: 12_001, country: "United Kingdom", gross: 255, lines: "A|1|2.55", refunds: [] },
  ...more,
});
const wares: ProductRow[] = [
  { code: "A", title: "Ware A", price: "2.55", inventory: 9 },
  { code: "B", title: "Ware B", price: "10.00", inventory: 9 },
];

/** A client with a shop, whose jobs have read all of it, and whose policy is this. */
async function open(orders: OrderRow[], { mode = "shadow" as PolicyMode | null, read = true } = {}) {
  const domain = `occur-${Date.now()}-${shops++}.myshopify.com`;
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  await sandbox.control(`/shop/${domain}/rows`, { orders, products: wares });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "hand" });
  const ctx = testTenantCtx(await makeTenant(), "system");
  const account = await sandboxAccount("shopify", domain, { scopes });
  const own = { tenantId: ctx.tenant.id, everyS: 3600, enabled: true, config: {}, nextAt: Date.now() + hourMs };
  await ctx.db.insert(schedules).values([
    { ...own, job: shopifyDetailsSensor.id, lastSuccessAt: read ? 1 : null },
    { ...own, job: shopifySensor.id, lastSuccessAt: read ? 1 : null },
    { ...own, job: "price-drop-alerts" },
  ]);
  if (mode)
    await ctx.db.insert(policies).values({
      ...{ tenantId: ctx.tenant.id, automation: "x", mode, holdout: 0, salt: "s", actionsADay: 1, peopleADay: 1, stakeADay: 1 },
      ...{ largestStake: 1, createdAt: 1, updatedAt: 1 },
    });
  let [details, figures]: unknown[] = [null, null];
  return {
    ctx,
    account,
    change: (change: object) => sandbox.control(`/shop/${domain}/changes`, change),
    async read(more: Partial<RunInput> = {}) {
      figures = (await runSensor(ctx, shopifySensor, { account, cursor: figures, ...more })).cursor;
      details = (await runSensor(ctx, shopifyDetailsSensor, { account, cursor: details, ...more })).cursor;
    },
    noted: () => ctx.db.select().from(occurrences).where(inTenant(ctx, occurrences)).orderBy(occurrences.seq),
    dueAt: async () =>
      (
        await ctx.db
          .select()
          .from(schedules)
          .where(inTenant(ctx, schedules, eq(schedules.job, "price-drop-alerts")))
      )[0]?.nextAt ?? 0,
  };
}
const told = (rows: { kind: string; subject: string; at: number }[]) => rows.map(({ kind, subject, at }) => [kind, subject, at]);

test("a first reading of a shop tells of nothing, however much happened there lately", async () => {
  const now = Date.now();
  const parcels = [{ sentAt: second(now - 2 * dayMs), deliveredAt: second(now - dayMs) }];
  const shop = await open([order(1, now - 3 * dayMs, { parcels }), order(2, now - dayMs, { cancelledAt: second(now - hourMs) })], {
    read: false,
  });
  await shop.read();
  expect(await shop.noted()).toEqual([]);
});

test("an order that is paid, delivered, cancelled, and a price that changes are each told once, however often they are read", async () => {
  const now = Date.now();
  const sent = [{ at: iso(now - 3 * dayMs) }];
  const shop = await open([
    order(1, now - 4 * dayMs, { paidAt: null, parcels: [{ sentAt: second(now - 3 * dayMs) }] }),
    order(2, now - 4 * dayMs, { parcels: [] }),
  ]);
  await shop.read();
  // Of an order that nobody had seen it is new that it is paid, since all there was had been read.
  expect(told(await shop.noted())).toEqual([["order_paid", "order:2", second(now - 4 * dayMs)]]);
  await shop.change({
    payments: [{ orderId: 1, at: iso(now - 2 * dayMs) }],
    parcels: [{ orderId: 1, sent: [{ ...sent[0], deliveredAt: iso(now - dayMs) }] }],
    cancellations: [{ orderId: 2, at: iso(now - hourMs) }],
    products: [
      { code: "A", price: "2.00", at: iso(now - hourMs) },
      { code: "B", inventory: 3, at: iso(now - hourMs) },
    ],
  });
  await shop.read();
  await shop.read();
  const noted = (await shop.noted()).slice(1);
  expect(told(noted).sort()).toEqual([
    ["order_cancelled", "order:2", second(now - hourMs)],
    ["order_delivered", "order:1", second(now - dayMs)],
    ["order_paid", "order:1", second(now - 2 * dayMs)],
    ["price_changed", "variant:7000001", second(now - hourMs)],
  ]);
  expect(noted.find(({ kind }) => kind === "price_changed")).toMatchObject({
    facts: { product: "7000001", wasMinor: 255, isMinor: 200, currency: "GBP" },
    orderId: null,
  });
  expect(noted.map(({ seq }) => seq)).toEqual(noted.map(({ seq }) => seq).sort((a, b) => a - b));
});

test("what was so before is not told once more when the order changes in another way", async () => {
  const now = Date.now();
  const [sentAt, early, late] = [second(now - 4 * dayMs), second(now - 3 * dayMs), second(now - hourMs)];
  const shop = await open([order(1, now - 5 * dayMs, { parcels: [{ sentAt }] })]);
  await shop.read();
  await shop.change({ parcels: [{ orderId: 1, sent: [{ at: iso(sentAt), deliveredAt: iso(early) }] }] });
  await shop.read();
  const before = told(await shop.noted());
  expect(before.map(([kind]) => kind)).toEqual(["order_paid", "order_delivered"]);
  // Some of it is paid back, and what was forgotten of it comes later.
  const both = [early, late].map((deliveredAt) => ({ at: iso(sentAt), deliveredAt: iso(deliveredAt) }));
  await shop.change({ refunds: [{ orderId: 1, amount: 100, at: iso(now - hourMs) }], parcels: [{ orderId: 1, sent: both }] });
  await shop.read();
  expect(told(await shop.noted())).toEqual(before);
});

test("a delivery that dates no order anew is told too, and a part of it is none", async () => {
  const now = Date.now();
  const [sentAt, deliveredAt] = [second(now - 2 * dayMs), second(now - dayMs)];
  const shop = await open([order(1, now - 3 * dayMs, { parcels: [{ sentAt }, { sentAt }] })]);
  await shop.read();
  const parcel = { at: iso(sentAt), deliveredAt: iso(deliveredAt) };
  const delivered = async () => (await shop.noted()).filter(({ kind }) => kind === "order_delivered");
  await shop.change({ parcels: [{ orderId: 1, sent: [parcel, { at: iso(sentAt) }] }] });
  await shop.read();
  expect(await delivered()).toEqual([]);
  await shop.change({ parcels: [{ orderId: 1, sent: [parcel, parcel] }] });
  await shop.read();
  expect(told(await delivered())).toEqual([["order_delivered", "order:1", deliveredAt]]);
});

test("of a client who lets nothing act nothing is kept", async () => {
  for (const mode of [null, "off"] as const) {
    const now = Date.now();
    const shop = await open([order(1, now - 3 * dayMs)], { mode });
    await shop.read();
    await shop.change({ cancellations: [{ orderId: 1, at: iso(now) }], products: [{ code: "A", price: "1.00", at: iso(now) }] });
    await shop.read();
    expect(await shop.noted()).toEqual([]);
  }
});

test("what happened more than a week ago is history", async () => {
  const now = Date.now();
  const shop = await open([order(1, now - 30 * dayMs, { parcels: [] })]);
  await shop.read();
  await shop.change({
    cancellations: [{ orderId: 1, at: iso(now - 8 * dayMs) }],
    products: [{ code: "A", price: "1.00", at: iso(now - 8 * dayMs) }],
  });
  await shop.read();
  expect(await shop.noted()).toEqual([]);
});

test("what hears of it is due at once, and what does not keeps its time", async () => {
  const now = Date.now();
  const shop = await open([order(1, now - 3 * dayMs)]);
  await shop.read();
  await shop.change({ cancellations: [{ orderId: 1, at: iso(now) }] });
  await shop.read();
  expect(await shop.dueAt()).toBeGreaterThan(now + hourMs / 2);
  await shop.change({ products: [{ code: "A", price: "1.00", at: iso(now) }] });
  await shop.read();
  expect(await shop.dueAt()).toBeLessThanOrEqual(Date.now());
});

test("an automation is handed what is behind its place, of its own shop and kinds, in order, and nothing that is stale", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const base = { tenantId: ctx.tenant.id, connectionId: "con_a", kind: "order_paid", facts: {} } as const;
  await ctx.db.insert(occurrences).values([
    { ...base, subject: "order:1", at: 1, noticedAt: 10 },
    { ...base, subject: "order:2", at: 1, noticedAt: 20 },
    { ...base, subject: "order:3", at: 1, noticedAt: 20, connectionId: "con_b" },
    { ...base, subject: "order:4", at: 1, noticedAt: 20, kind: "order_cancelled" },
    { ...base, subject: "order:2", at: 2, noticedAt: 20 },
    {
      ...base,
      subject: "connection:con_b",
      at: 2,
      noticedAt: 20,
      connectionId: "con_b",
      kind: "connection_back",
      facts: { provider: "klaviyo" },
    },
  ]);
  const all = await ctx.db.select().from(occurrences).where(inTenant(ctx, occurrences)).orderBy(occurrences.seq);
  const { items, newest } = await occurrencesOf(ctx, "con_a").behind({
    ...{ seq: 0, kinds: ["order_paid", "connection_back"] as const, since: 15, limit: 10 },
  });
  expect(items.map(({ subject, at }) => [subject, at])).toEqual([
    ["order:2", 1],
    ["order:2", 2],
    ["connection:con_b", 2],
  ]);
  expect(newest).toBe(all.at(-1)?.seq);
  const rest = await occurrencesOf(ctx, "con_a").behind({ seq: items[0]?.seq ?? 0, kinds: ["order_paid"], since: 0, limit: 10 });
  expect(rest.items.map(({ at }) => at)).toEqual([2]);
});

test("what happened goes after two weeks, and with an order that is deleted", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const now = Date.now();
  const of = { tenantId: ctx.tenant.id, connectionId: "con_a", kind: "order_paid", facts: {} } as const;
  await ctx.db.insert(occurrences).values([
    { ...of, subject: "order:1", at: 1, noticedAt: now - 15 * dayMs },
    { ...of, subject: "order:2", at: 1, noticedAt: now - 13 * dayMs },
    { ...of, subject: "order:3", at: 1, noticedAt: now },
  ]);
  const left = async () => (await ctx.db.select().from(occurrences).where(inTenant(ctx, occurrences))).map(({ subject }) => subject);
  expect(await forgetOccurrences(testCtx({ actor: { type: "system", job: "test" }, now: () => now }))).toBeGreaterThanOrEqual(1);
  expect(await left()).toEqual(["order:2", "order:3"]);
  const which = sql`select ${ctx.tenant.id} as tenant_id, 'con_a' as connection_id, '2' as external_id`;
  for (const statement of deleteOrders(ctx.db, { now, which })) await statement;
  expect(await left()).toEqual(["order:3"]);
});

test("what is new is found without reading what others were told, nor what was told before", async () => {
  const tenant = await makeTenant();
  const others = Array.from({ length: 40 }, (_, n) => `t-occur-${Date.now()}-${n}`);
  const row = (tenantId: string, n: number) => ({
    tenantId,
    connectionId: "con_a",
    kind: "order_paid" as const,
    subject: `order:${n}`,
    at: n,
    facts: {},
  });
  const now = Date.now();
  const db = openDb(testEnv.DB);
  const write = (ids: readonly string[], from: number) =>
    batchOf(
      db,
      ids.flatMap((id) => Array.from({ length: 10 }, (_, n) => db.insert(occurrences).values({ ...row(id, from + n), noticedAt: now }))),
    );
  await write([tenant.id], 0);
  const { newest } = await occurrencesOf(testTenantCtx(tenant, "system"), "con_a").behind({
    seq: 0,
    kinds: ["order_paid"],
    since: 0,
    limit: 1,
  });
  await write(others, 0);
  await write([tenant.id], 10);
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const ctx = { ...testTenantCtx(tenant, "system"), db: openTenantDb(d1, tenant.id) };
  const { items } = await occurrencesOf(ctx, "con_a").behind({ seq: newest, kinds: ["order_paid"], since: 0, limit: 50 });
  expect(items).toHaveLength(10);
  expect(rowsRead()).toBeLessThan(30);
  const before = rowsRead();
  await wakeHearers(ctx, now + 1);
  expect(rowsRead() - before).toBeLessThan(10);
});
