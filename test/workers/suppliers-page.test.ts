import { sql } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import {
  actions,
  connections,
  orderContents,
  orders,
  policies,
  products,
  supplyMappings,
  supplyOrders,
  variants,
} from "#db/schema/index.ts";
import { type SupplyFacts, type SupplyReason, type SupplyState, supplyReasons } from "#db/words/supply.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { listSupplyVariants } from "#server/domain/supply/list-supply-variants.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ask, asPerson } from "#test/ask.ts";
import { freshAccount, supplier } from "#test/catalog/actions/doing.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";

const now = Date.now();
let shops = 0;

/** A client with a shop that sells two products, of which the second sold. */
async function client() {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "owner");
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const viewer = await makeUser({ roles: [[tenant, "viewer"]] });
  const of = { tenantId: tenant.id, connectionId: `con-supply-${now}-${shops++}` };
  await ctx.db.batch([
    ctx.db.insert(connections).values({
      ...{ id: of.connectionId, tenantId: tenant.id, provider: "shopify", externalId: of.connectionId, name: "A", details: {} },
      ...{ status: "active", scopesAsked: [], scopesGranted: [], connectedBy: "x", connectedAt: 1 },
    }),
    ctx.db.insert(products).values(
      [1, 2].map((id) => ({
        ...{ ...of, externalId: `${id}`, title: `Ware ${id}`, handle: "h", status: "ACTIVE", vendor: "v", type: "t", url: null },
        ...{ updatedAt: now, seenAt: now },
      })),
    ),
    ctx.db.insert(variants).values(
      [1, 2].map((id) => ({
        ...{ ...of, externalId: `${10 + id}`, productId: `${id}`, title: "Default Title", sku: `SKU-${id}`, priceMinor: 1000 },
        ...{ compareAtMinor: null, currency: "GBP", stock: 1, updatedAt: now },
      })),
    ),
    ctx.db.insert(orders).values({
      ...{ ...of, externalId: "7", customerId: "9", placedAt: now, day: "2026-12-01", grossMinor: 3000, currency: "GBP", updatedAt: now },
    }),
    ctx.db.insert(orderContents).values({
      ...{ ...of, externalId: "7", updatedAt: now, lines: [["70", "2", "12", 3, 3, 1000, 3000]], codes: [], fulfilments: [], paid: true },
    }),
  ]);
  const path = `/t/${tenant.id}/automations/dropshipping-order-flow/suppliers`;
  const as = (who: string, more: string, init: RequestInit = {}) =>
    ask(`${path}${more}`, { headers: { ...asPerson(who), "content-type": "application/x-www-form-urlencoded" }, ...init });
  return {
    ...{ ctx, of, tenant, path, viewer: viewer.token },
    page: async (more = "", who = token) => parse(await (await as(who, more)).text()),
    post: (fields: Record<string, string>, more = "", who = token) =>
      as(who, more, { method: "POST", body: new URLSearchParams(fields).toString() }),
    put: (state: SupplyState, reason: SupplyReason | null, more: Partial<typeof supplyOrders.$inferInsert> = {}) =>
      ctx.db.insert(supplyOrders).values({
        ...{
          ...of,
          orderId: "7",
          provider: "cj",
          customerId: "9",
          state,
          reason,
          facts: {} as SupplyFacts,
          since: now,
          lines: [],
          parcels: [],
        },
        ...{ createdAt: now, ...more },
      }),
    row: async () => (await ctx.db.select().from(supplyOrders).where(inTenant(ctx, supplyOrders)))[0],
    mapped: () => ctx.db.select().from(supplyMappings).where(inTenant(ctx, supplyMappings)),
  };
}

/** The client's account at CJ, with one good on the shelf. */
async function connectCj({ ctx }: Awaited<ReturnType<typeof client>>) {
  const at = freshAccount.cj();
  await supplier("cj", at, { goods: [{ id: "V1", sku: "SKU-2", name: "Lamp", price: 300, stock: 5 }] });
  await connectKey(ctx, { provider: "cj", fields: (await mintKey("cj", at)).fields });
  return at;
}

const texts = (page: Awaited<ReturnType<Awaited<ReturnType<typeof client>>["page"]>>, selector: string) =>
  page.querySelectorAll(selector).map(({ text }) => text.trim());

test("what was sold and is not mapped comes first, is suggested by its SKU, and is mapped by a person alone", async () => {
  const shop = await client();
  const open = await shop.page("?tab=open");
  expect(texts(open, "tbody tr [data-cell=primary]")).toEqual(["Ware 2", "Ware 1"]);
  await connectCj(shop);
  const form = await shop.page("?tab=open&map=12");
  expect(form.text).toContain("Use CJ Dropshipping");
  expect(form.text).toContain("Lamp");
  // Looking at it has mapped nothing.
  expect(await shop.mapped()).toEqual([]);
  const sent = await shop.post({ intent: "map", variant: "12", supplier: "cj", reference: "V1", pack: "2" }, "?tab=open&map=12");
  expect([sent.status, sent.headers.get("location")]).toEqual([302, `${shop.path}?tab=open`]);
  expect(await shop.mapped()).toMatchObject([{ variantId: "12", state: "mapped", provider: "cj", reference: "V1", name: "Lamp", pack: 2 }]);
  expect(texts(await shop.page("?tab=open"), "tbody tr [data-cell=primary]")).toEqual(["Ware 1"]);
  expect((await shop.page("?tab=mapped")).text).toContain("2 ×");
  await shop.post({ intent: "unmap", variant: "12" }, "?tab=mapped");
  await shop.post({ intent: "keep", variant: "11" }, "?tab=open");
  expect(await shop.mapped()).toMatchObject([{ variantId: "11", state: "own" }]);
});

test("what the supplier does not sell is not mapped, nor what it was not asked about, and the form keeps what was typed", async () => {
  const shop = await client();
  const unconnected = await shop.post({ intent: "map", variant: "12", supplier: "bigbuy", reference: "S1", pack: "1" }, "?tab=open&map=12");
  expect([unconnected.status, await unconnected.text()]).toEqual([409, expect.stringContaining("Connect BigBuy first.")]);
  await connectCj(shop);
  const unknown = await shop.post({ intent: "map", variant: "12", supplier: "cj", reference: "V9", pack: "1" }, "?tab=open&map=12");
  const page = parse(await unknown.text());
  expect([unknown.status, page.text.includes("doesn’t sell anything under this ID")]).toEqual([422, true]);
  expect(page.querySelector("input[name=reference]:not([type=hidden])")?.getAttribute("value")).toBe("V9");
  expect((await shop.post({ intent: "map", variant: "99", supplier: "cj", reference: "V1", pack: "1" })).status).toBe(404);
  expect(await shop.mapped()).toEqual([]);
});

test("who may only look changes nothing and is offered nothing, and another client's products and orders are not there", async () => {
  const [shop, other] = [await client(), await client()];
  await shop.put("held", "margin");
  const page = await shop.page("", shop.viewer);
  expect(page.querySelectorAll("main form[method=post] button").length).toBe(0);
  for (const fields of [
    { intent: "keep", variant: "12" },
    { intent: "close", order: "7", supplier: "cj" },
  ]) {
    expect((await shop.post(fields as never, "", shop.viewer)).status).toBe(403);
  }
  expect((await other.post({ intent: "close", order: "7", supplier: "cj" })).status).toBe(404);
  expect([await shop.mapped(), (await shop.row())?.state]).toEqual([[], "held"]);
});

test("an order says why it stands where it stands, and what a person can do about it", async () => {
  const shop = await client();
  const margin = { brings: 2000, costs: 1900, percent: 5, least: 20, currency: "GBP" };
  await shop.put("held", "margin", { facts: { margin } });
  const page = await shop.page();
  expect(page.querySelector("[data-state=margin]")?.text).toMatch(/On hold.*Brings .*£20\.00.*costs .*£19\.00.*5% margin, below your 20%/);
  expect(texts(page, "tbody form button")).toEqual(["Check again", "Order anyway", "I’ll handle it"]);
  expect((await shop.post({ intent: "anyway", order: "7", supplier: "cj" })).status).toBe(302);
  expect(await shop.row()).toMatchObject({ state: "held", reason: "new", waivedUpTo: 1900, version: 1 });
  await shop.post({ intent: "close", order: "7", supplier: "cj" });
  expect(await shop.row()).toMatchObject({ state: "over", reason: "by_hand", nextAt: null, version: 2 });
  // What is on its way is not ordered again by a click.
  await shop.ctx.db.update(supplyOrders).set({ state: "ordered", reason: null }).where(inTenant(shop.ctx, supplyOrders));
  const late = await shop.post({ intent: "again", order: "7", supplier: "cj" });
  expect([late.status, (await shop.row())?.state]).toEqual([409, "ordered"]);
});

test("what a page that is out of date shows is not decided on: another price, or what is ordered by now", async () => {
  const shop = await client();
  const margin = { brings: 2000, costs: 1900, percent: 5, least: 20, currency: "GBP" };
  await shop.put("held", "margin", { facts: { margin } });
  const sends = async (label: string) => {
    const form = (await shop.page()).querySelectorAll("tbody form").find((each) => each.text.trim() === label) ?? expect.unreachable(label);
    const typed = form.querySelectorAll("input").map((input) => [input.getAttribute("name"), input.getAttribute("value")]);
    const intent = form.querySelector("button")?.getAttribute("value") ?? "";
    return () => shop.post({ ...Object.fromEntries(typed), intent });
  };
  const [anyway, close] = [await sends("Order anyway"), await sends("I’ll handle it")];
  const becomes = (values: Partial<typeof supplyOrders.$inferInsert>) =>
    shop.ctx.db.update(supplyOrders).set(values).where(inTenant(shop.ctx, supplyOrders));
  await becomes({ facts: { margin: { ...margin, costs: 4000, percent: -100 } } });
  const dearer = await anyway();
  expect([dearer.status, (await shop.row())?.waivedUpTo]).toEqual([409, null]);
  await becomes({ state: "ordered", reason: null });
  expect([(await close()).status, (await shop.row())?.state]).toEqual([409, "ordered"]);
  await becomes({ state: "held", reason: "margin", facts: { margin } });
  expect([(await anyway()).status, (await shop.row())?.waivedUpTo]).toEqual([302, 1900]);
});

test("what is refused is always said, also where nobody typed it, and what is sought may be long", async () => {
  const shop = await client();
  await shop.put("held", "margin");
  const nonsense: [Record<string, string>, string?][] = [
    [{ intent: "close", order: "x".repeat(200_000), supplier: "cj" }],
    [{ intent: "close", order: "7", supplier: "cj", part: "-1" }],
    [{ intent: "close", order: "7", supplier: "cj", state: "gone" }],
    [{ intent: "anyway", order: "7", supplier: "cj", costs: "much" }],
    [{ intent: "close" }],
    [{ intent: "keep" }, "?tab=open"],
    [{ intent: "map", variant: "x", supplier: "cj", reference: "V1", pack: "1" }, "?tab=open&map=12"],
    // Its form is not open.
    [{ intent: "map", variant: "12", supplier: "cj", reference: "V1", pack: "-1" }, "?tab=open"],
  ];
  for (const [fields, more] of nonsense) {
    const sent = await shop.post(fields, more);
    expect([sent.status, texts(parse(await sent.text()), "[role=alert]").filter(Boolean).length]).toEqual([422, 1]);
  }
  expect((await shop.row())?.state).toBe("held");
  expect(texts(await shop.page(`?tab=open&q=${"y".repeat(300)}`), "h1")).toEqual(["Supplier orders"]);
});

test("a member orders below the margin up to their own limit alone, and the agency decides where the client lets it", async () => {
  const shop = await client();
  const member = await makeUser({ roles: [[shop.tenant, "member"]] });
  const staff = await makeUser({ staff: true });
  const margin = { brings: 2000, costs: 1900, percent: 5, least: 20, currency: "GBP" };
  await shop.put("held", "margin", { facts: { margin } });
  const said = (values: Partial<typeof policies.$inferInsert>) =>
    shop.ctx.db.update(policies).set(values).where(inTenant(shop.ctx, policies));
  const decides = (intent: string) => ({ intent, order: "7", supplier: "cj" });
  const byStaff = async () =>
    (
      await ask(`/admin/clients/${shop.tenant.id}/automations/dropshipping-order-flow/suppliers`, {
        method: "POST",
        headers: { ...asPerson(staff.token), "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(decides("close")).toString(),
      })
    ).status;
  await shop.ctx.db.insert(policies).values({
    ...{ tenantId: shop.tenant.id, automation: "dropshipping-order-flow", mode: "auto", holdout: 0, salt: "s", memberStake: 1000 },
    ...{ actionsADay: 9, peopleADay: 9, stakeADay: 9_000, largestStake: 9_000, staffDecides: false, createdAt: 1, updatedAt: 1 },
  });
  const beyond = await shop.post(decides("anyway"), "", member.token);
  expect([beyond.status, await byStaff(), (await shop.row())?.version]).toEqual([403, 403, 0]);
  await said({ memberStake: 1900, staffDecides: true });
  expect((await shop.post(decides("anyway"), "", member.token)).status).toBe(302);
  expect([await byStaff(), await shop.row()]).toMatchObject([302, { state: "over", waivedUpTo: 1900 }]);
});

test("an empty list says what it is a list of, offers no filter, and leads to what is to be done first", async () => {
  const shop = await client();
  const seen = await Promise.all(
    ["", "?tab=mapped", "?tab=own"].map(async (tab) => {
      const page = await shop.page(tab);
      return {
        filters: page.querySelectorAll("nav[aria-label=Status] a").length,
        to: texts(page, "main a").filter((text) => text === "Products to map").length,
        said: /No supplier orders yet|No mapped products yet|No products yet|Nothing to map/.exec(page.text)?.[0],
      };
    }),
  );
  expect(seen).toEqual([
    { filters: 0, to: 2, said: "No supplier orders yet" },
    { filters: 0, to: 2, said: "No mapped products yet" },
    { filters: 0, to: 2, said: "No products yet" },
  ]);
  // Nothing can be mapped before a supplier is connected: the form can be left all the same.
  expect(texts(await shop.page("?tab=open&map=12"), "main a")).toContain("Cancel");
});

test("of what there is a part somebody may order that, of what there is nothing nobody may, and each part is decided on for itself", async () => {
  const shop = await client();
  const short = (there: number) => ({ facts: { short: [{ reference: "V1", quantity: 2, there }] } });
  const lines = [{ line: "1", ordered: 2, reference: "V1", quantity: 2 }];
  await shop.put("held", "short", { ...short(0), lines });
  await shop.put("held", "short", { ...short(1), lines, part: 1 });
  const page = await shop.page();
  expect(texts(page, "tbody tr [data-cell=primary]")).toEqual(["7CJ Dropshipping · Part 2", "7CJ Dropshipping"]);
  expect(texts(page, "tbody form button")).toEqual([
    "Check again",
    "Order what’s there",
    "I’ll handle it",
    "Check again",
    "I’ll handle it",
  ]);
  expect((await shop.post({ intent: "partly", order: "7", supplier: "cj" })).status).toBe(409);
  expect((await shop.post({ intent: "partly", order: "7", supplier: "cj", part: "1" })).status).toBe(302);
  const rows = await shop.ctx.db.select().from(supplyOrders).where(inTenant(shop.ctx, supplyOrders)).orderBy(supplyOrders.part);
  expect(rows).toMatchObject([
    { reason: "short", partly: false },
    { reason: "new", partly: true },
  ]);
});

test("nothing is decided while what was proposed may still be done; of what nobody knows whether it was, somebody may take care", async () => {
  const shop = await client();
  await shop.put("stuck", "unclear", { round: 1 });
  const propose = (values: Partial<typeof actions.$inferInsert>) =>
    shop.ctx.db.insert(actions).values({
      ...{
        id: `act-${shop.tenant.id}`,
        tenantId: shop.tenant.id,
        automation: "dropshipping-order-flow",
        runId: "r",
        dedupe: "order:7:cj:1",
      },
      ...{
        subject: "order:7",
        connectionId: shop.of.connectionId,
        touches: "money" as const,
        hash: "h",
        evidence: { line: "cj", params: {} },
      },
      ...{ status: "unsure" as const, createdAt: now, expiresAt: now + 1e9, availableAt: now, ...values },
    });
  await propose({});
  expect((await shop.post({ intent: "close", order: "7", supplier: "cj" })).status).toBe(409);
  const is = (values: Partial<typeof actions.$inferInsert>) => shop.ctx.db.update(actions).set(values).where(inTenant(shop.ctx, actions));
  const action = async () => (await shop.ctx.db.select().from(actions).where(inTenant(shop.ctx, actions)))[0];
  await is({ status: "approved" });
  expect((await shop.post({ intent: "close", order: "7", supplier: "cj" })).status).toBe(409);
  await is({ status: "unsure", availableAt: null });
  expect((await shop.post({ intent: "close", order: "7", supplier: "cj" })).status).toBe(302);
  expect([await action(), await shop.row()]).toMatchObject([
    { status: "voided", reason: "handled" },
    { state: "over", reason: "by_hand" },
  ]);
});

test("every reason has a sentence in every language, with all that it names", async () => {
  const shop = await client();
  const facts: SupplyFacts = {
    ...{ short: [{ reference: "V1", quantity: 2, there: 1 }], references: ["V1"], rate: { from: "USD", to: "GBP" }, word: "UNSHIPPED" },
    ...{ margin: { brings: 2000, costs: 1900, percent: 5, least: 20, currency: "GBP" }, price: "9.99 USD" },
  };
  for (const [place, reason] of supplyReasons.entries()) await shop.put("held", reason, { orderId: String(100 + place), facts });
  const said = await Promise.all(
    LOCALES.map(async (locale) => {
      const answer = await ask(shop.path, {
        headers: { ...asPerson(shop.viewer), cookie: `${asPerson(shop.viewer).cookie}; ${LOCALE_COOKIE}=${locale}` },
      });
      return parse(await answer.text())
        .querySelectorAll("[data-state] p")
        .map(({ text }) => text);
    }),
  );
  expect(new Set(said.map(([first]) => first)).size).toBe(LOCALES.length);
  for (const each of said) {
    expect(each.length).toBe(supplyReasons.length);
    expect(each.filter((text) => /\{\{|undefined|NaN/.test(text))).toEqual([]);
    expect(new Set(each).size).toBeGreaterThan(supplyReasons.length - 3);
  }
});

test("a page of ten thousand variants is soon there, and the next one goes on", async () => {
  const { ctx, of } = await client();
  await ctx.db.run(sql`insert into variants (tenant_id, connection_id, external_id, product_id, title, sku, price_minor, currency, updated_at)
    with recursive n(i) as (select 1000 union all select i + 1 from n where i < 10999)
    select ${of.tenantId}, ${of.connectionId}, cast(i as text), '1', 'V' || i, 'S' || i, 100, 'GBP', 1 from n`);
  const began = performance.now();
  const first = await listSupplyVariants(ctx, { limit: 50 });
  expect(performance.now() - began).toBeLessThan(1000);
  expect(first.variants.map(({ variant }) => variant).slice(0, 3)).toEqual(["12", "1000", "10000"]);
  const second = await listSupplyVariants(ctx, { limit: 50, ...(first.next && { cursor: first.next }) });
  const seen = [...first.variants, ...second.variants].map(({ variant }) => variant);
  expect([seen.length, new Set(seen).size]).toEqual([100, 100]);
  const found = await listSupplyVariants(ctx, { q: "s10999" });
  expect(found.variants.map(({ sku }) => sku)).toEqual(["S10999"]);
});
