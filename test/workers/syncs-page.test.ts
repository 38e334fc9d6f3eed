import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { actionSteps, actions, catalogRows, connections, customerScores, listMembers, products, syncs } from "#db/schema/index.ts";
import type { ActionState } from "#db/words/actions.ts";
import type { CatalogFacts, CouponFacts, ListFacts } from "#db/words/syncs.ts";
import { readSyncs } from "#server/domain/syncs/read-syncs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";

const now = Date.now();
const lists = "klaviyo-segment-lists";
const catalog = "klaviyo-catalog-sync";
const coupon = "klaviyo-coupon-pool";
let made = 0;

/** A client with a shop and a Klaviyo account, of whose loyal customers and products something is in step and something is not. */
async function client() {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "owner");
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const n = made++;
  const of = { tenantId: tenant.id, connectionId: `con-shop-${now}-${n}`, accountId: `con-klaviyo-${now}-${n}` };
  const connection = { tenantId: tenant.id, details: {}, status: "active" as const, scopesAsked: [], scopesGranted: [], connectedBy: "x" };
  await ctx.db.insert(connections).values([
    { ...connection, id: of.connectionId, provider: "shopify", externalId: `s-${now}-${n}`, name: "Shop", connectedAt: 1 },
    { ...connection, id: of.accountId, provider: "klaviyo", externalId: `k-${now}-${n}`, name: "Acme Gifts", connectedAt: 1 },
  ]);
  const action = async (id: string, automation: string, status: ActionState, receipt?: object) => {
    await ctx.db.insert(actions).values({
      ...{
        id: `${id}-${n}-${now}`,
        tenantId: tenant.id,
        connectionId: of.connectionId,
        automation,
        runId: "r",
        dedupe: id,
        subject: "customers:1",
      },
      ...{ touches: "internal", hash: "h", status, evidence: { line: "x", params: {} }, createdAt: now, expiresAt: now, finishedAt: now },
    });
    if (receipt)
      await ctx.db.insert(actionSteps).values({
        ...{ tenantId: tenant.id, actionId: `${id}-${n}-${now}`, place: 0, kind: "klaviyo-catalog", accountId: of.accountId },
        ...{ connectionId: of.connectionId, payload: {}, status: "done", receipt: receipt as { id: string } },
      });
    return `${id}-${n}-${now}`;
  };
  const [done, waits] = [await action("done", lists, "done"), await action("waits", lists, "waiting")];
  const refused = { id: "item", refused: [{ id: "2", why: "Enter a valid URL." }] };
  const [sent, coming] = [await action("sent", catalog, "done", refused), await action("coming", catalog, "approved")];
  const list: ListFacts = {
    ...{ of: "list", segment: "loyal", name: "Atrium loyal", list: "L1", isOurs: true, isDeleted: false, there: 2 },
    ...{ addedByOthers: 1, removedByOthers: 0, unknown: 3 },
  };
  const ofCatalog: CatalogFacts = { of: "catalog", keptBy: "us", products: 3, variants: 3, matched: 0, unfit: 0 };
  const filling = await action("filling", coupon, "waiting");
  const steps = [0, 100].map((from, at) => ({
    ...{
      tenantId: tenant.id,
      actionId: filling,
      place: at,
      kind: "klaviyo-coupon-codes",
      accountId: of.accountId,
      status: "pending" as const,
    },
    ...{ connectionId: of.connectionId, payload: { way: "add", coupon: { id: "Gift" }, batch: "Gift:1", from, count: 25 } },
  }));
  await ctx.db.insert(actionSteps).values(steps);
  const ofCoupon: CouponFacts = {
    ...{ of: "coupon", coupon: "Gift", isOurs: true, ready: 12, assigned: 30, used: 5, expired: 3, keep: 60, below: 20, most: 200 },
  };
  const score = (customerId: string) => ({ ...of, customerId, asOf: "2026-12-01", segment: "loyal" as const });
  const member = (profileId: string, putBy: string) => ({ ...of, segment: "loyal" as const, profileId, customerId: profileId, putBy });
  const row = (externalId: string, sentBy: string) => ({
    ...{ ...of, part: "item" as const, externalId, productId: externalId, sent: "x", sentBy, isGone: false },
  });
  const product = (externalId: string, title: string) => ({
    ...{ ...of, externalId, title, handle: title, status: "ACTIVE", vendor: "v", type: "t", url: null, updatedAt: 1, seenAt: 1 },
  });
  await ctx.db.batch([
    ctx.db.insert(syncs).values([
      { ...of, automation: lists, what: "loyal", facts: list, comparedAt: now },
      { ...of, automation: catalog, what: "catalog", facts: ofCatalog, comparedAt: now },
      { ...of, automation: coupon, what: "coupon", facts: ofCoupon, comparedAt: now },
    ]),
    ctx.db.insert(customerScores).values(["1", "2", "3", "4", "5"].map(score)),
    ctx.db.insert(listMembers).values([member("1", done), member("2", waits)]),
    ctx.db.insert(catalogRows).values([row("1", sent), row("2", sent), row("3", coming)]),
    ctx.db.insert(products).values([product("1", "Linen shirt"), product("2", "Wool hat")]),
  ]);
  return { tenant, ctx, token, ofCoupon };
}
type Client = Awaited<ReturnType<typeof client>>;

async function pageOf({ tenant, token }: Pick<Client, "tenant" | "token">, of: string, { locale = "en", base = "/t" } = {}) {
  const { cookie, ...headers } = asPerson(token);
  const answer = await ask(`${base}/${tenant.id}/automations/${of}/syncs`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const main = parse(await answer.text()).querySelector("main");
  const plain = (text: string | undefined) => (text ?? "").replace(/[\u2066-\u2069]/g, "");
  return {
    status: answer.status,
    text: plain(main?.text),
    cells: main?.querySelectorAll("tbody tr").map((line) => line.querySelectorAll("td").map((cell) => plain(cell.text))) ?? [],
    figures: Object.fromEntries(
      main?.querySelectorAll("[data-figure]").map((each) => [each.getAttribute("data-figure"), plain(each.text)]) ?? [],
    ),
  };
}

test("of a list it is said how many are in its group, how many are on it, what waits and what others changed", async () => {
  const page = await pageOf(await client(), lists);
  expect(page.text).toContain("What is in step between your shop and Klaviyo (Acme Gifts)");
  const [[name, here, there, waiting, notes] = []] = page.cells;
  expect([name, here, there, waiting]).toEqual(["Atrium loyalGroup: Loyal", "5", "2", "1 to add"]);
  expect(notes).toMatch(/^Without a Klaviyo profile: 3Added by others: 1Compared: /);
});

test("a list that was deleted in Klaviyo has nobody on it, and isn't one that is still to come", async () => {
  const own = await client();
  const facts: ListFacts = {
    ...{ of: "list", segment: "loyal", name: "Atrium loyal", list: null, isOurs: false, isDeleted: true, there: null },
    ...{ addedByOthers: 0, removedByOthers: 0, unknown: 0 },
  };
  await own.ctx.db
    .update(syncs)
    .set({ facts })
    .where(inTenant(own.ctx, syncs, eq(syncs.automation, lists)));
  const page = await pageOf(own, lists);
  expect(page.cells[0]?.[2]).toBe("0");
  expect(page.text).toContain("Deleted in Klaviyo");
  expect(page.text).not.toContain("Not there yet");
});

test("of a catalog it is said what is in step and waits, and what was refused with Klaviyo's reason", async () => {
  const page = await pageOf(await client(), catalog);
  expect(page.figures).toEqual({ products: "3", items: "1", ofVariants: "0", waiting: "1", refused: "1", hidden: "0" });
  expect(page.cells).toEqual([["Wool hat", "Enter a valid URL."]]);
});

test("of a coupon it is said how many codes are ready, handed out, used and expired, and what to put in an email", async () => {
  const shown = await client();
  const page = await pageOf(shown, coupon);
  expect(page.figures).toEqual({ ready: "12", assigned: "30", used: "5", expired: "3", waiting: "50", lately: "50 of 200" });
  expect(page.text).toContain("{% coupon_code 'Gift' %}");
  const facts: CouponFacts = { ...shown.ofCoupon, isOurs: false };
  await shown.ctx.db
    .update(syncs)
    .set({ facts })
    .where(inTenant(shown.ctx, syncs, eq(syncs.what, "coupon")));
  const other = await pageOf(shown, coupon);
  expect(other.text).toContain("Klaviyo already has a coupon “Gift”");
  expect(other.text).not.toContain("coupon_code");
});

test("each language says it, the agency sees the same, and before anything was compared it says when that will be", async () => {
  const shown = await client();
  for (const [locale, word] of [
    ["fr", "Synchronisation"],
    ["he", "מצב הסנכרון"],
  ] as const)
    expect((await pageOf(shown, lists, { locale })).text).toContain(word);
  const { token } = await makeUser({ staff: true });
  expect((await pageOf({ ...shown, token }, lists, { base: "/admin/clients" })).cells).toHaveLength(1);
  const tenant = await makeTenant();
  const { token: own } = await makeUser({ roles: [[tenant, "viewer"]] });
  expect((await pageOf({ tenant, token: own }, lists)).text).toContain("Nothing compared yet");
});

test("another client's is not shown, nor a page of an automation that keeps nothing in step", async () => {
  const shown = await client();
  const other = await client();
  expect((await pageOf({ tenant: shown.tenant, token: other.token }, lists)).status).toBe(404);
  expect((await pageOf(shown, "review-request-automation")).status).toBe(404);
  const { lists: own } = await readSyncs(other.ctx, { automation: lists });
  expect(own).toHaveLength(1);
});
