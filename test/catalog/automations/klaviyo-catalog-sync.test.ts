import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionSteps, actions, products, syncs, variants } from "#db/schema/index.ts";
import type { ProductRow } from "#sandbox/shop/model.ts";
import { klaviyoCatalog } from "#server/catalog/actions/klaviyo-catalog.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { klaviyoCatalogSync } from "#server/catalog/automations/klaviyo-catalog-sync.ts";
import { klaviyoRevision } from "#server/catalog/providers/klaviyo-api.ts";
import { readSyncs } from "#server/domain/syncs/read-syncs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { askKlaviyo, doingOf, effectsAt, freshAccount, giveCatalog } from "#test/catalog/actions/doing.ts";
import { sandbox, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { database } from "#test/domain/runs/rig.ts";
import { testTenantCtx } from "#test/harness.ts";
import { dayMs, iso, orderOf, type Setting, stage, wareOf } from "./stage.ts";

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));
afterAll(async () => void (await sandbox.control("/control", {})));

const scopes = ["catalogs:read", "catalogs:write", "metrics:read"];

/** A shop with these products, which have been read, and a Klaviyo account whose jobs are done at once. */
async function shopOf(goods: ProductRow[], { at = freshAccount.klaviyo(), ...setting }: Setting & { at?: string } = {}) {
  const inner = await sandboxAccount("klaviyo", at, { scopes });
  const klaviyo = {
    ...inner,
    json: (request: Parameters<typeof inner.json>[0], schema: Parameters<typeof inner.json>[1]) =>
      inner.json({ ...request, headers: { revision: klaviyoRevision, ...request.headers } }, schema),
  } as typeof inner;
  if (!/^(Acme|Beta)/.test(at)) await giveCatalog(at, { takeMs: 0 });
  const shop = await stage(
    klaviyoCatalogSync,
    { orders: [orderOf(1, Date.now() - 40 * dayMs)], products: goods },
    { mode: "approve", klaviyo, ...setting },
  );
  await shop.read();
  const { ctx } = shop;
  type Step = { kind: string; payload: { what: string; put: { id: string; price: number }[]; gone: string[] } };
  return {
    ...shop,
    at,
    steps: async () =>
      (await shop.proposed()).map(({ steps }) =>
        (steps as unknown as Step[]).map(({ payload: { what, put, gone } }) => `${what} ${put.length}/${gone.length}`),
      ),
    /** Does all that waits, looking again where Klaviyo works on it. */
    async doAll() {
      const doing = await doingOf(klaviyoCatalog, at, { also: () => shop.account });
      for (const { id, status, steps } of await shop.proposed()) {
        if (status !== "waiting") continue;
        for (const { kind, payload, place } of steps) {
          const done = await kindOf(kind)?.execute(doing, payload);
          if (done?.did !== "done") expect.unreachable(JSON.stringify(done));
          await ctx.db
            .update(actionSteps)
            .set({ status: "done", receipt: done.receipt })
            .where(inTenant(ctx, actionSteps, eq(actionSteps.actionId, id), eq(actionSteps.place, place)));
        }
        await ctx.db
          .update(actions)
          .set({ status: "done", finishedAt: Date.now() })
          .where(inTenant(ctx, actions, eq(actions.id, id)));
      }
    },
    catalog: async (what: "item" | "variant" = "item") => {
      type Found = { data: { id: string; attributes: Record<string, unknown> }[] };
      const { data } = await askKlaviyo<Found>(at, `/api/catalog-${what}s`);
      return data
        .map(({ id, attributes }): Record<string, unknown> & { id: string } => ({ id, ...attributes }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    facts: async () => (await ctx.db.select().from(syncs).where(inTenant(ctx, syncs)))[0]?.facts,
  };
}

test("products and variants go to the catalog with their page, price, stock and picture; afterwards only what changed is sent", async () => {
  const shop = await shopOf([wareOf("A"), wareOf("B", { price: "4.00", inventory: 0 })]);
  await shop.run();
  expect(await shop.steps()).toEqual([["item 2/0", "variant 2/0"]]);
  await shop.doAll();
  const [first, second] = await shop.catalog();
  expect([first, second]).toMatchObject([
    { title: "Ware A", price: 10, published: true, url: expect.stringContaining("/products/ware-a"), image_full_url: expect.any(String) },
    { title: "Ware B", price: 4, description: "Ware B, as the shop describes it." },
  ]);
  expect(await shop.catalog("variant")).toMatchObject([
    { title: "Ware A", sku: "A", inventory_quantity: 9, inventory_policy: 1, price: 10 },
    { sku: "B", inventory_quantity: 0 },
  ]);
  await shop.run();
  expect(await shop.steps()).toHaveLength(1);
  await shop.change({ products: [{ code: "A", price: "7.50", at: iso(Date.now()) }] });
  await shop.read();
  await shop.run();
  expect((await shop.steps()).slice().sort()).toEqual([
    ["item 1/0", "variant 1/0"],
    ["item 2/0", "variant 2/0"],
  ]);
  await shop.doAll();
  expect((await shop.catalog())[0]).toMatchObject({ price: 7.5 });
  expect((await effectsAt(shop.at)).items.map(({ kind }) => kind)).toEqual([
    ...["catalog_created", "catalog_created", "catalog_updated", "catalog_updated"],
  ]);
  expect(await shop.facts()).toMatchObject({ keptBy: "us", products: 2, variants: 2, unfit: 0 });
});

test("a product costs what its cheapest variant does, and each variant what it costs itself", async () => {
  const shop = await shopOf([wareOf("A")]);
  const [own] = await shop.ctx.db.select().from(variants).where(inTenant(shop.ctx, variants));
  if (!own) expect.unreachable("a variant");
  await shop.ctx.db.insert(variants).values({ ...own, externalId: `${own.externalId}9`, title: "Small", priceMinor: 650, sku: "A-S" });
  await shop.run();
  await shop.doAll();
  expect((await shop.catalog()).map(({ price }) => price)).toEqual([6.5]);
  expect((await shop.catalog("variant")).map(({ price }) => price)).toEqual([10, 6.5]);
});

test("what is no longer sold is hidden or deleted as the setting says, and shown again when it is sold again", async () => {
  for (const gone of ["unpublish", "delete"] as const) {
    const shop = await shopOf([wareOf("A"), wareOf("B")], { config: { gone } });
    await shop.run();
    await shop.doAll();
    await shop.change({ products: [{ code: "B", status: "ARCHIVED", at: iso(Date.now()) }] });
    await shop.read();
    await shop.run();
    await shop.doAll();
    expect((await shop.catalog()).map(({ published }) => published)).toEqual(gone === "delete" ? [true] : [true, false]);
    // What the shop has no more at all, such as after a reading of all products.
    const [own] = await shop.ctx.db
      .select()
      .from(products)
      .where(inTenant(shop.ctx, products, eq(products.title, "Ware A")));
    const ofA = inTenant(shop.ctx, products, eq(products.externalId, own?.externalId ?? ""));
    await shop.ctx.db.batch([
      shop.ctx.db.delete(variants).where(inTenant(shop.ctx, variants, eq(variants.productId, own?.externalId ?? ""))),
      shop.ctx.db.delete(products).where(ofA),
    ]);
    await shop.run();
    await shop.doAll();
    expect((await shop.catalog()).filter(({ published }) => published)).toEqual([]);
    expect(await shop.catalog("variant")).toHaveLength(gone === "delete" ? 0 : 2);
    const many = (await shop.steps()).length;
    await shop.run();
    expect(await shop.steps()).toHaveLength(many);
  }
});

test("a row that Klaviyo refuses is told with its reason, keeps no other back, and is not sent again until it changes", async () => {
  const shop = await shopOf([wareOf("A"), wareOf("B")]);
  const [bad] = (await shop.ctx.db.select().from(products).where(inTenant(shop.ctx, products))).map(({ externalId }) => externalId);
  await giveCatalog(shop.at, { takeMs: 0, refuse: [bad] });
  await shop.run();
  await shop.doAll();
  expect(await shop.catalog()).toHaveLength(1);
  const receipts = (await shop.proposed()).flatMap(({ steps }) => steps.map(({ receipt }) => receipt));
  expect(receipts[0]).toMatchObject({ id: "item", refused: [{ id: bad, why: "This item cannot be processed." }] });
  await shop.run();
  expect(await shop.steps()).toHaveLength(1);
});

test("where Klaviyo's own Shopify integration is on, its products are matched and nothing is doubled beside them", async () => {
  const shop = await shopOf([wareOf("A"), wareOf("B")], { at: "AcmeG1" });
  const [one] = (await shop.ctx.db.select().from(products).where(inTenant(shop.ctx, products))).map(({ externalId }) => externalId);
  await giveCatalog("AcmeG1", { items: [{ id: `$shopify:::$default:::${one}` }] });
  await shop.run();
  expect(await shop.steps()).toEqual([]);
  expect(await shop.facts()).toMatchObject({ keptBy: "klaviyo", products: 2, matched: 1 });
  expect((await shop.logs()).map(({ message }) => message)).toContain(
    "Klaviyo’s own Shopify integration keeps the products: 1 of 2 found there. Nothing is sent beside it.",
  );
  // Also where its metrics don't say so, and by the kind itself whatever was approved.
  const other = await shopOf([wareOf("A")]);
  const [own] = (await other.ctx.db.select().from(products).where(inTenant(other.ctx, products))).map(({ externalId }) => externalId);
  await giveCatalog(other.at, { takeMs: 0, items: [{ id: `$shopify:::$default:::${own}` }] });
  await other.run();
  expect(await other.steps()).toEqual([]);
  const put = [{ id: own, title: "Ware A", url: "https://acme.example/a", price: 100, published: true }];
  const payload = klaviyoCatalog.payload.parse({ what: "item", currency: "GBP", put, gone: [], as: "unpublish", over: true });
  const done = await klaviyoCatalog.execute(await doingOf(klaviyoCatalog, other.at), payload);
  expect(done).toEqual({ did: "done", receipt: { id: "item", kept: [own] } });
  expect(await other.catalog()).toHaveLength(1);
});

test("what another integration has made is counted and left alone, and sent once the client ticks that", async () => {
  const shop = await shopOf([wareOf("A"), wareOf("B")]);
  const [one] = (await shop.ctx.db.select().from(products).where(inTenant(shop.ctx, products))).map(({ externalId }) => externalId);
  await giveCatalog(shop.at, { takeMs: 0, items: [{ id: `$custom:::$default:::${one}`, title: "Theirs" }] });
  await shop.run();
  await shop.doAll();
  await shop.run();
  expect(await shop.steps()).toHaveLength(1);
  expect((await shop.catalog()).map(({ title }) => title).sort()).toEqual(["Theirs", "Ware B"]);
  expect((await readSyncs(testTenantCtx(shop.ctx.tenant, "owner"), { automation: klaviyoCatalogSync.id })).catalog).toMatchObject({
    inStep: { item: 1, variant: 1 },
    others: 2,
  });
  await shop.setConfig({ others: true });
  await shop.run();
  expect(await shop.steps()).toContainEqual(["item 1/0", "variant 1/0"]);
  await shop.doAll();
  expect((await shop.catalog()).map(({ title }) => title).sort()).toEqual(["Ware A", "Ware B"]);
  expect(await shop.catalog("variant")).toHaveLength(2);
});

test("a first filling of ten thousand variants goes in bounded proposals, each row once", async () => {
  const shop = await shopOf([wareOf("A")]);
  const [product] = await shop.ctx.db.select().from(products).where(inTenant(shop.ctx, products));
  if (!product) expect.unreachable("a product");
  const many = Array.from({ length: 500 }, (_, at) => String(500_000 + at));
  const twenty = Array.from({ length: 20 }, (_, n) => n);
  const { tenantId, connectionId } = product;
  await database.run(sql`insert into products select ${tenantId}, ${connectionId}, value, 'Ware ' || value, value, 'ACTIVE', 'v', 't',
    'https://acme.example/' || value, 1, 1 from json_each(${JSON.stringify(many)})`);
  await database.run(sql`insert into variants select ${tenantId}, ${connectionId}, p.value || '00' || v.value, p.value, 'V' || v.value, null, 100, null,
    'GBP', 5, 1 from json_each(${JSON.stringify(many)}) p, json_each(${JSON.stringify(twenty)}) v`);
  await shop.run();
  const sizes = (await shop.proposed()).map(({ steps }) =>
    steps.reduce((sum, { payload }) => sum + (payload as { put: unknown[] }).put.length, 0),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(525);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(501 + 10_001);
  const steps = await shop.ctx.db.select().from(actionSteps).where(inTenant(shop.ctx, actionSteps));
  expect(Math.max(...steps.map(({ payload }) => (payload as { put: unknown[] }).put.length))).toBe(100);
});

test("a product whose title looks like somebody's number is left out and counted", async () => {
  const shop = await shopOf([wareOf("A"), wareOf("B", { title: "Call 020 7946 0958" })]);
  await shop.run();
  expect(await shop.steps()).toEqual([["item 1/0", "variant 1/0"]]);
  expect(await shop.facts()).toMatchObject({ unfit: 1 });
});
