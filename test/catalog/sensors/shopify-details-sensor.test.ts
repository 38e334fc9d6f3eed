import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { customers, orderContents, orders, privacyRequests, products, variantPrices, variants } from "#db/schema/index.ts";
import type { OrderRow, ProductRow } from "#sandbox/shop/model.ts";
import { shopifyDetailsSensor } from "#server/catalog/sensors/shopify-details-sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { deleteOrders } from "#server/domain/commerce/delete-orders.ts";
import { deleteProduct } from "#server/domain/commerce/delete-product.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { type RunInput, runSensor, valuesOf } from "./run-sensor.ts";
import { sandbox, sandboxAccount } from "./sandbox-account.ts";

const scopes = shopifyDetailsSensor.needs[0]?.scopes ?? [];
const dayMs = 86_400_000;
const second = (instant: number) => Math.floor(instant / 1000) * 1000;
const iso = (instant: number) => new Date(second(instant)).toISOString();
let shops = 0;

const ware = (code: string, more: Partial<ProductRow> = {}): ProductRow => ({
  code,
  title: `Ware ${code}`,
  price: "2.55",
  inventory: 9,
  ...more,
});
const orderRow = (id: number, createdAt: number, more: Partial<OrderRow> = {}): OrderRow => ({
  id,
  createdAt: second(createdAt),
  customerId: null,
  country: "United Kingdom",
  gross: 255,
  lines: "A|1|2.55",
  refunds: [],
  ...more,
});

async function open(all: OrderRow[], wares: ProductRow[] = [ware("A"), ware("B", { price: "10.00", compareAt: "12.00" })]) {
  const domain = `details-${Date.now()}-${shops++}.myshopify.com`;
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  await sandbox.control(`/shop/${domain}/rows`, { orders: all, products: wares });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "hand" });
  const ctx = testTenantCtx(await makeTenant(), "system");
  const account = await sandboxAccount("shopify", domain, { scopes });
  return {
    ctx,
    domain,
    account,
    read: (input: Partial<RunInput> = {}) => runSensor(ctx, shopifyDetailsSensor, { account, ...input }),
    change: (change: object) => sandbox.control(`/shop/${domain}/changes`, change),
  };
}

const contentsOf = (ctx: TenantCtx) =>
  ctx.db.select().from(orderContents).where(inTenant(ctx, orderContents)).orderBy(orderContents.externalId);
const productsOf = (ctx: TenantCtx) => ctx.db.select().from(products).where(inTenant(ctx, products)).orderBy(products.externalId);
const variantsOf = (ctx: TenantCtx) => ctx.db.select().from(variants).where(inTenant(ctx, variants)).orderBy(variants.externalId);
const pricesOf = (ctx: TenantCtx) =>
  ctx.db.select().from(variantPrices).where(inTenant(ctx, variantPrices)).orderBy(variantPrices.variantId, variantPrices.since);
const customersOf = (ctx: TenantCtx) => ctx.db.select().from(customers).where(inTenant(ctx, customers)).orderBy(customers.externalId);

test("an order's lines are stored with product, quantity and what they came to, and add up to its gross", async () => {
  const placed = Date.now() - 30 * dayMs;
  const { ctx, account, read } = await open([orderRow(1, placed, { lines: "A|3|2.55;B|2|10.00", gross: 2765, codes: ["SPRING"] })]);
  await read();
  await runSensor(ctx, shopifySensor, { account });
  const [contents] = await contentsOf(ctx);
  expect(contents?.lines).toEqual([
    ["10000", "7000001", "7000001", 3, 3, 255, 765],
    ["10001", "7000002", "7000002", 2, 2, 1000, 2000],
  ]);
  expect(contents?.codes).toEqual(["SPRING"]);
  const [order] = await ctx.db.select().from(orders).where(inTenant(ctx, orders));
  expect(contents?.lines.reduce((sum, [, , , , , , total]) => sum + total, 0)).toBe(order?.grossMinor);
});

test("an order of more lines than a page has is read to its end, and a test order is none", async () => {
  const many = Array.from({ length: 620 }, () => "A|1|2.55").join(";");
  const { ctx, read } = await open([
    orderRow(1, Date.now() - dayMs, { lines: many, gross: 620 * 255 }),
    orderRow(2, Date.now() - dayMs, { test: true }),
  ]);
  await read();
  const found = await contentsOf(ctx);
  expect(found.map(({ externalId, lines }) => [externalId, lines.length, new Set(lines.map(([id]) => id)).size])).toEqual([
    ["1", 620, 620],
  ]);
});

test("what an edit takes out of an order is still one of its lines, with none of it wanted", async () => {
  const placed = Date.now() - 10 * dayMs;
  const { ctx, read } = await open([
    orderRow(1, placed, { lines: "A|3|2.55;B|1|10.00", gross: 1765, edit: { at: second(placed + dayMs), lines: "A|2|2.55" } }),
  ]);
  await read();
  const [contents] = await contentsOf(ctx);
  expect(contents?.lines.map(([, , variant, quantity, current]) => [variant, quantity, current])).toEqual([
    ["7000001", 3, 2],
    ["7000002", 1, 0],
  ]);
});

test("an order is delivered when the last of it is: not by a part, not before its carrier says so, and not once it is cancelled", async () => {
  const now = Date.now();
  const sentAt = second(now - 9 * dayMs);
  const [early, late] = [second(now - 6 * dayMs), second(now - 4 * dayMs)];
  const { ctx, read } = await open([
    orderRow(1, now - 10 * dayMs, {
      parcels: [
        { sentAt, deliveredAt: early },
        { sentAt, deliveredAt: late },
      ],
    }),
    orderRow(2, now - 10 * dayMs, { parcels: [{ sentAt, deliveredAt: early }, { sentAt }] }),
    orderRow(3, now - 10 * dayMs, { parcels: [{ sentAt, deliveredAt: early, partly: true }] }),
    orderRow(4, now - 10 * dayMs, { parcels: [{ sentAt, deliveredAt: early }], cancelledAt: second(now - dayMs) }),
    orderRow(5, now - 10 * dayMs, {
      parcels: [
        { sentAt, cancelled: true },
        { sentAt, deliveredAt: late },
      ],
    }),
    orderRow(6, now - 10 * dayMs, { parcels: [] }),
  ]);
  await read();
  expect((await contentsOf(ctx)).map(({ deliveredAt }) => deliveredAt)).toEqual([late, null, null, null, late, null]);
});

test("a delivery that dates no order anew is found all the same, by asking again for what is on its way", async () => {
  const now = Date.now();
  const [sentAt, deliveredAt] = [second(now - 2 * dayMs), second(now - dayMs)];
  const { ctx, read, change } = await open([orderRow(1, now - 3 * dayMs, { parcels: [{ sentAt }] }), orderRow(2, now - dayMs)]);
  const first = await read();
  expect((await contentsOf(ctx))[0]).toMatchObject({ deliveredAt: null, fulfilments: [{ display: "IN_TRANSIT" }] });
  await change({ parcels: [{ orderId: 1, sent: [{ at: iso(sentAt), deliveredAt: iso(deliveredAt) }] }] });
  await read({ cursor: first.cursor });
  expect((await contentsOf(ctx))[0]?.deliveredAt).toBe(deliveredAt);
});

test("a price that changes is a new row of its history, and one that stays is none", async () => {
  const now = Date.now();
  const { ctx, read, change } = await open([orderRow(1, now - 300 * dayMs)]);
  const first = await read();
  expect((await pricesOf(ctx)).map(({ variantId, priceMinor, compareAtMinor }) => [variantId, priceMinor, compareAtMinor])).toEqual([
    ["7000001", 255, null],
    ["7000002", 1000, 1200],
  ]);
  await change({
    products: [
      { code: "B", price: "8.00", at: iso(now - 2 * dayMs) },
      { code: "A", inventory: 0, at: iso(now - dayMs) },
    ],
  });
  const second = await read({ cursor: first.cursor });
  await read({ cursor: second.cursor });
  expect((await pricesOf(ctx)).map(({ variantId, since, priceMinor }) => [variantId, iso(since), priceMinor])).toEqual([
    ["7000001", iso(now - 300 * dayMs), 255],
    ["7000002", iso(now - 300 * dayMs), 1000],
    ["7000002", iso(now - 2 * dayMs), 800],
  ]);
  expect(
    (await variantsOf(ctx)).map(({ externalId, priceMinor, compareAtMinor, stock }) => [externalId, priceMinor, compareAtMinor, stock]),
  ).toEqual([
    ["7000001", 255, null, 0],
    ["7000002", 800, 1200, 9],
  ]);
});

test("a product that changes while its list is read, and so is met twice, has the variants of its newer state", async () => {
  const { ctx, account, read } = await open([orderRow(1, Date.now() - 300 * dayMs)], [ware("A")]);
  let pages = 0;
  const moving = {
    ...account,
    async json(...[call, schema]: Parameters<typeof account.json>) {
      const asked = JSON.stringify("body" in call && call.body);
      if (!asked.includes("products(") || pages === 2) return account.json(call, schema);
      const fromStart = { method: "POST", path: call.path, reads: true, body: JSON.parse(asked.replace('"next"', "null")) } as const;
      const reply = await account.json(fromStart, schema);
      const { products: list } = (reply as { data: { products: { pageInfo: object; nodes: Record<string, unknown>[] } } }).data;
      const [first] = list.nodes as { updatedAt: string; variants: { nodes: { id: string }[] } }[];
      if (!first) throw new Error("no product");
      pages += 1;
      const one = { ...first.variants.nodes[0], id: `gid://shopify/ProductVariant/${pages === 1 ? "8001" : "8002"}` };
      Object.assign(list.pageInfo, { hasNextPage: pages === 1, endCursor: pages === 1 ? "next" : null });
      Object.assign(first, {
        updatedAt: iso(Date.now() - (3 - pages) * dayMs),
        variants: { ...first.variants, nodes: [...first.variants.nodes, one] },
      });
      return reply;
    },
  } as typeof account;
  await read({ account: moving });
  expect((await variantsOf(ctx)).map(({ externalId }) => externalId)).toEqual(["7000001", "8002"]);
});

test("what a whole reading of the products does not find is gone, once a week; its prices stay", async () => {
  const now = Date.now();
  const { ctx, read, change } = await open([orderRow(1, now - 300 * dayMs)]);
  const first = await read();
  await change({ products: [{ code: "B", gone: true }] });
  const soon = await read({ cursor: first.cursor, now: now + dayMs });
  expect(await variantsOf(ctx)).toHaveLength(2);
  await read({ cursor: soon.cursor, now: now + 8 * dayMs });
  expect((await variantsOf(ctx)).map(({ externalId }) => externalId)).toEqual(["7000001"]);
  expect(await ctx.db.select().from(products).where(inTenant(ctx, products))).toHaveLength(1);
  expect(await pricesOf(ctx)).toHaveLength(2);
});

test("a list of products that is suddenly empty takes nothing away", async () => {
  const now = Date.now();
  const { ctx, domain, read } = await open([orderRow(1, now - 300 * dayMs)]);
  const first = await read();
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  await sandbox.control(`/shop/${domain}/rows`, { orders: [], products: [] });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "emptied" });
  await read({ cursor: first.cursor, now: now + 8 * dayMs });
  expect(await variantsOf(ctx)).toHaveLength(2);
});

test("of a customer the shop's id, counts and consents are stored; neither name nor address is asked for", async () => {
  const now = Date.now();
  const { ctx, account, read, change } = await open([
    orderRow(1, now - 30 * dayMs, { customerId: 12_001 }),
    orderRow(2, now - 20 * dayMs, { customerId: 12_001 }),
    orderRow(3, now - 20 * dayMs, { customerId: 12_002 }),
  ]);
  await change({
    consents: [
      { customerId: 12_001, email: "SUBSCRIBED", sms: "UNSUBSCRIBED" },
      { customerId: 12_002, email: "REDACTED" },
    ],
  });
  const first = await read();
  expect(await customersOf(ctx)).toMatchObject([
    { externalId: "12001", orders: 2, spentMinor: 510, mailConsent: "subscribed", smsConsent: "unsubscribed" },
    { externalId: "12002", orders: 1, spentMinor: 255, mailConsent: "redacted", smsConsent: "none" },
  ]);
  expect(Object.values(valuesOf(first, "reachable"))).toEqual([1]);
  const asked = JSON.stringify(account.calls);
  for (const word of ["displayName", "emailAddress", "phoneNumber", "firstName", "address1"]) expect(asked).not.toContain(word);

  await change({ consents: [{ customerId: 12_001, email: "UNSUBSCRIBED" }] });
  const second = await read({ cursor: first.cursor });
  expect((await customersOf(ctx))[0]?.mailConsent).toBe("unsubscribed");
  expect(Object.values(valuesOf(second, "reachable"))).toEqual([0]);
});

test("a customer who asked to be forgotten is not brought back by a page that was read before", async () => {
  const { ctx, account, read } = await open([orderRow(1, Date.now() - 30 * dayMs, { customerId: 12_001 })]);
  await ctx.db.insert(privacyRequests).values({
    ...{ id: `prv_${Date.now()}`, tenantId: ctx.tenant.id, provider: "shopify", connectionId: account.connectionId, deliveryId: "whk_x" },
    ...{ kind: "redact_customer" as const, subject: "12001", orders: [], receivedAt: Date.now() },
  });
  await read();
  expect(await customersOf(ctx)).toEqual([]);
});

test("a product that the shop deleted is not brought back by a page that was read before, and goes with the next reading of all", async () => {
  const { ctx, account, read, change } = await open([orderRow(1, Date.now() - 30 * dayMs)]);
  const first = await read();
  const [gone] = await variantsOf(ctx);
  const at = second(Date.now());
  const { connectionId } = account;
  for (const statement of deleteProduct(ctx, { connectionId, product: gone?.productId ?? "", at, when: sql`true` })) await statement;
  // The page of before: the sandbox still has the product.
  await read();
  expect((await variantsOf(ctx)).map(({ externalId }) => externalId)).not.toContain(gone?.externalId);
  expect(await productsOf(ctx)).toMatchObject([{ status: "DELETED", url: null, updatedAt: at }, { status: "ACTIVE" }]);
  expect(await pricesOf(ctx)).toHaveLength(2);
  await change({ products: [{ code: "A", gone: true }] });
  await read({ cursor: first.cursor, now: Date.now() + 8 * dayMs });
  expect((await productsOf(ctx)).map(({ status }) => status)).toEqual(["ACTIVE"]);
});

test("an order of a parcel that moved is asked before all others, once, and again where it moved while it was asked", async () => {
  const now = Date.now();
  const sentAt = second(now - 10 * dayMs);
  const rows = Array.from({ length: 60 }, (_, index) => orderRow(index + 1, now - 20 * dayMs, { parcels: [{ sentAt }] }));
  const { ctx, account, read, change } = await open(rows);
  const first = await read();
  const mark = async (movedAt: number, ...ids: string[]) => {
    for (const id of ids)
      await ctx.db
        .update(orderContents)
        .set({ movedAt })
        .where(inTenant(ctx, orderContents, eq(orderContents.externalId, id)));
  };
  const asked = () =>
    account.calls
      .flatMap(({ body }) => (body as { variables?: { ids?: string[] } } | undefined)?.variables?.ids ?? [])
      .map((id) => id.split("/").at(-1));
  const movedOf = async () => (await contentsOf(ctx)).flatMap(({ externalId, movedAt }) => (movedAt === null ? [] : [externalId]));
  // By its turn it was asked a moment ago.
  await change({ parcels: [{ orderId: 10, sent: [{ at: iso(sentAt), deliveredAt: iso(now - dayMs) }] }] });
  await mark(now, "10");
  await mark(now + dayMs, "8");
  account.calls.length = 0;
  await read({ cursor: first.cursor, now });
  expect(asked()).toHaveLength(11);
  expect(asked()[0]).toBe("10");
  expect((await contentsOf(ctx)).find(({ externalId }) => externalId === "10")?.deliveredAt).toBe(second(now - dayMs));
  expect(await movedOf()).toEqual(["8"]);
});

test("more parcels than one step asks for are all asked in one run, also of orders that the shop no longer has", async () => {
  const now = Date.now();
  const rows = Array.from({ length: 60 }, (_, index) => orderRow(index + 1, now - 20 * dayMs, { parcels: [] }));
  const { ctx, read, change } = await open(rows);
  const first = await read();
  await change({ deletions: rows.slice(0, 55).map(({ id }) => id) });
  await ctx.db.update(orderContents).set({ movedAt: now }).where(inTenant(ctx, orderContents));
  const { steps } = await read({ cursor: first.cursor, now });
  expect(steps.filter(({ askedParcels }) => askedParcels).map(({ askedParcels }) => askedParcels?.orderExternalIds.length)).toEqual([
    50, 10,
  ]);
  expect((await contentsOf(ctx)).filter(({ movedAt }) => movedAt !== null)).toEqual([]);
});

test("an order that was deleted takes its contents with it, and a page that was read before does not bring them back", async () => {
  const { ctx, account, read } = await open([orderRow(1, Date.now() - 30 * dayMs), orderRow(2, Date.now() - 30 * dayMs)]);
  await read();
  const which = sql`select ${ctx.tenant.id} as tenant_id, ${account.connectionId} as connection_id, '1' as external_id`;
  for (const statement of deleteOrders(ctx.db, { now: Date.now(), which })) await statement;
  expect((await contentsOf(ctx)).map(({ externalId }) => externalId)).toEqual(["2"]);
  await read();
  expect((await contentsOf(ctx)).map(({ externalId }) => externalId)).toEqual(["2"]);
});

test("what breaks in the middle goes on from the page after the last committed step, and nothing is there twice", async () => {
  const placed = Date.now() - 90 * dayMs;
  const rows = Array.from({ length: 450 }, (_, index) => orderRow(index + 1, placed));
  const { ctx, domain, account, read } = await open(rows);
  const first = await read({ steps: 3 });
  expect(await contentsOf(ctx)).toHaveLength(200);
  await sandbox.control("/control", {
    faults: [{ provider: "shopify", account: domain, count: 1, effect: { type: "error", status: 503 } }],
  });
  await expect(read({ cursor: first.cursor })).rejects.toMatchObject({ kind: "unavailable" });
  account.calls.length = 0;
  await read({ cursor: { ...(first.cursor as object), contents: { ...(first.cursor as { contents: object }).contents, after: "lost" } } });
  expect(await contentsOf(ctx)).toHaveLength(450);
});

test("a later run reads what changed alone, and an older state that comes late changes nothing", async () => {
  const placed = Date.now() - 90 * dayMs;
  const { ctx, account, read, change } = await open(Array.from({ length: 120 }, (_, index) => orderRow(index + 1, placed - index * dayMs)));
  const first = await read();
  await ctx.db
    .update(orderContents)
    .set({ updatedAt: Date.now() + dayMs, codes: ["NEWER"] })
    .where(inTenant(ctx, orderContents, eq(orderContents.externalId, "7")));
  await change({
    orders: [{ customerId: null, lines: [{ code: "B", quantity: 2 }], codes: ["X1"] }],
    edits: [{ orderId: 7, lines: [{ code: "B", quantity: 1 }] }],
  });
  account.calls.length = 0;
  await read({ cursor: first.cursor });
  expect(account.calls.length).toBeLessThanOrEqual(4);
  const found = await contentsOf(ctx);
  expect(found).toHaveLength(121);
  expect(found.filter(({ codes }) => codes.length > 0).map(({ codes }) => codes)).toEqual(expect.arrayContaining([["X1"], ["NEWER"]]));
});

test("the contents of another client's shop, with the same ids, are its own", async () => {
  const mine = await open([orderRow(1, Date.now() - dayMs, { customerId: 12_001 })]);
  const theirs = await open([orderRow(1, Date.now() - dayMs, { customerId: 12_001, lines: "B|1|10.00", gross: 1000 })]);
  await mine.read();
  await theirs.read();
  expect((await contentsOf(mine.ctx)).map(({ lines }) => lines[0]?.[2])).toEqual(["7000001"]);
  expect((await contentsOf(theirs.ctx)).map(({ lines }) => lines[0]?.[2])).toEqual(["7000002"]);
});
