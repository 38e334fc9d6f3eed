import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import { actionCustomers, actionSteps, actions, connections, crmConflicts, crmRecords, schedules, secrets } from "#db/schema/index.ts";
import { rowFaults } from "#db/words/actions.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { chooseSide } from "#server/domain/crm/choose-side.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { ask, asPerson } from "#test/ask.ts";
import { freshAccount, sandbox } from "#test/catalog/actions/doing.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";
import { asking } from "#workers/asking.ts";

const automation = "hubspot-b2b-crm";
const now = Date.now();
const [shopHash, crmHash] = ["0123456789abcdef", "fedcba9876543210"];
let shops = 0;

/** A client with three buyers (one in step, one due whose row was refused, one without an email), a deal, and a conflict. */
async function world() {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "owner");
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const domain = `crm-${now}-${shops++}.myshopify.com`;
  const of = { tenantId: tenant.id, connectionId: `con-${domain}` };
  await ctx.db.insert(connections).values({
    ...{ id: of.connectionId, tenantId: tenant.id, provider: "shopify", externalId: domain, name: "A", details: { shop: domain } },
    ...{ status: "active", scopesAsked: [], scopesGranted: [], connectedBy: "x", connectedAt: 1 },
  });
  const due = { isNew: true, push: {}, pull: {}, company: false };
  const record = { ...of, accountId: "con-crm", kind: "contact" as const, bases: {}, seenAt: now };
  await ctx.db.insert(crmRecords).values([
    { ...record, externalId: "101", customerId: "101", crmId: "501", companyId: "601", inStepAt: now },
    { ...record, externalId: "102", customerId: "102", due },
    { ...record, externalId: "103", customerId: "103", isUnknowable: true },
    { ...record, kind: "deal", externalId: "order:7", customerId: "101", crmId: "701", stage: "closedwon", inStepAt: now },
  ]);
  await ctx.db
    .insert(crmConflicts)
    .values({ ...of, accountId: "con-crm", customerId: "101", field: "phone", shopHash, crmHash, foundAt: now });
  const actionId = `act-${domain}`;
  await ctx.db.insert(actions).values({
    ...{
      id: actionId,
      ...of,
      automation,
      runId: "r",
      dedupe: actionId,
      subject: "customers:2",
      touches: "internal",
      hash: "h",
      status: "done",
    },
    ...{ evidence: { line: "contacts", params: {} }, createdAt: now, expiresAt: now, finishedAt: now - 1000 },
  });
  await ctx.db.insert(actionSteps).values({
    ...{ tenantId: tenant.id, actionId, place: 0, kind: "hubspot-contacts", accountId: "con-crm", connectionId: of.connectionId },
    ...{
      payload: {
        contacts: [
          { customerId: "101", fields: {} },
          { customerId: "102", fields: {} },
        ],
        taxField: "custom.tax_id",
      },
      status: "done",
    },
    receipt: {
      id: "501",
      rows: {
        done: 0,
        failed: [
          { customerId: "101", why: "refused" },
          { customerId: "102", why: "invalid" },
        ],
      },
    },
  });
  await ctx.db.insert(actionCustomers).values(["101", "102"].map((customerId) => ({ ...of, customerId, actionId, place: 0 })));
  return { tenant, ctx, token, domain, actionId };
}
type World = Awaited<ReturnType<typeof world>>;

async function pageOf({ tenant, token }: Pick<World, "tenant" | "token">, { locale = "en", base = "/t", of = automation } = {}) {
  const { cookie, ...headers } = asPerson(token);
  const answer = await ask(`${base}/${tenant.id}/automations/${of}/crm`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const main = parse(await answer.text()).querySelector("main");
  const plain = (text: string | undefined) => (text ?? "").replace(/[\u2066-\u2069]/g, "");
  return {
    ...{ status: answer.status, text: plain(main?.text) },
    conflicts: main?.querySelectorAll("[data-conflict]").map((each) => each.text) ?? [],
    figures: Object.fromEntries(
      main?.querySelectorAll("[data-figure]").map((each) => [each.getAttribute("data-figure"), plain(each.text)]) ?? [],
    ),
  };
}

test("it says what is in step, what was not done and is not in step since, and what both sides changed without either value; to the client and to the agency", async () => {
  const own = await world();
  const admin = await makeUser({ staff: true });
  for (const { token, base } of [
    { token: own.token, base: "/t" },
    { token: admin.token, base: "/admin/clients" },
  ]) {
    const { status, figures, text, conflicts } = await pageOf({ ...own, token }, { base });
    expect(status).toBe(200);
    expect(figures).toMatchObject({ contacts: "1 of 3", companies: "1", deals: "1 of 1", due: "1", conflicts: "1" });
    expect(text).toContain("A value wasn’t accepted");
    // Its row was refused, and it is in step since.
    expect(text).not.toContain("Refused");
    expect(text).toContain("Company buyers without an email address, which HubSpot needs: 1");
    expect(text).toContain("Deals tied to no company, since the order’s buyer names none or it isn’t in HubSpot: 1");
    expect([conflicts, text.match(/Hidden/g)?.length]).toEqual([["101"], 2]);
    expect(text).not.toMatch(/0123456789abcdef|fedcba/);
  }
});

test("in each language it is in words, also before there is anything; another client's is not found, nor one of an automation that keeps none", async () => {
  const own = await world();
  const failed = rowFaults.map((why, n) => ({ customerId: "102", record: `102-${n}`, why }));
  await own.ctx.db
    .update(actionSteps)
    .set({ receipt: { id: null, rows: { done: 0, failed } } })
    .where(inTenant(own.ctx, actionSteps));
  const nobody = await makeTenant();
  const { token } = await makeUser({ roles: [[nobody, "owner"]] });
  const pages = await Promise.all(LOCALES.map((locale) => pageOf(own, { locale })));
  const empty = await Promise.all(LOCALES.map((locale) => pageOf({ tenant: nobody, token }, { locale })));
  for (const { status, text } of [...pages, ...empty]) {
    expect(status).toBe(200);
    expect(text).not.toMatch(/crmWords|\{\{|undefined|NaN|null/);
  }
  expect(new Set([...pages, ...empty].map(({ text }) => text)).size).toBe(2 * LOCALES.length);
  expect((await pageOf({ ...own, token })).status).toBe(404);
  expect((await pageOf(own, { of: "price-drop-alerts" })).status).toBe(404);
  expect((await ask(`/api/crm/${own.tenant.id}`, { headers: asPerson(token) })).status).toBe(404);
});

test("a choice is of exactly what was shown, by whoever may decide, and has the next look begin with it", async () => {
  const own = await world();
  const chosen = { customerId: "101", field: "phone" as const, side: "shop" as const };
  await expect(chooseSide(own.ctx, { ...chosen, shopHash, crmHash: shopHash })).rejects.toMatchObject({ kind: "conflict" });
  await expect(chooseSide(testTenantCtx(own.tenant, "developer"), { ...chosen, shopHash, crmHash })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await expect(chooseSide(testTenantCtx(await makeTenant(), "owner"), { ...chosen, shopHash, crmHash })).rejects.toMatchObject({
    kind: "conflict",
  });
  await chooseSide(own.ctx, { ...chosen, shopHash, crmHash });
  expect(await own.ctx.db.select().from(crmConflicts).where(inTenant(own.ctx, crmConflicts))).toMatchObject([{ decision: "shop" }]);
  const [record] = await own.ctx.db
    .select()
    .from(crmRecords)
    .where(inTenant(own.ctx, crmRecords, eq(crmRecords.externalId, "101")));
  expect(record?.due).not.toBeNull();
  expect((await pageOf(own)).text).toContain("Chosen: Shop");
});

test("the settings show owners by their names and keep their ids alone; a name may be written, one that nobody has is refused, and where HubSpot does not answer there are ids", async () => {
  const own = await world();
  const portal = freshAccount.hubspot();
  const connectionId = `con-${portal}`;
  const scopes = ["crm.objects.owners.read"];
  const { access_token: secret } = await sandbox.mint("hubspot", portal, scopes);
  await own.ctx.db.insert(connections).values({
    ...{ id: connectionId, tenantId: own.tenant.id, provider: "hubspot", externalId: portal, name: "P", details: {}, status: "active" },
    ...{ scopesAsked: scopes, scopesGranted: scopes, connectedBy: "x", connectedAt: 1 },
  });
  const sealed = await sealSecret(own.ctx, await currentDataKey(own.ctx), { connectionId, field: "access_token", secret });
  await own.ctx.db.insert(secrets).values({ tenantId: own.tenant.id, connectionId, field: "access_token", sealed, createdAt: now });
  const [ada, lin] = [1, 2].map((n) => `${portal.slice(-4)}${n}`);
  const of = inTenant(own.ctx, schedules, eq(schedules.job, automation));
  await own.ctx.db.insert(schedules).values({
    ...{ tenantId: own.tenant.id, job: automation, everyS: 3600, nextAt: now * 2, enabled: true },
    config: { owners: [`all = ${ada}`] },
  });
  const path = `/t/${own.tenant.id}/automations/${automation}`;
  const rulesOf = async () => {
    const main = parse(await (await ask(path, { headers: asPerson(own.token) })).text()).querySelector("main");
    return [main?.querySelector('textarea[name="owners"]')?.text.trim(), main?.text.includes(`Lin Sales (${lin})`)];
  };
  expect(await rulesOf()).toEqual([`all = Ada Sales (${ada})`, true]);
  const write = async (owners: string) => {
    const headers = { ...asPerson(own.token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    const body = new URLSearchParams({
      intent: "settings",
      mostADay: "500",
      taxField: "custom.tax_id",
      spentFrom: "0",
      dealFrom: "500",
      dealDays: "30",
      owners,
    });
    const { status } = await ask(path, { method: "POST", headers, body: body.toString() });
    const [row] = await own.ctx.db.select().from(schedules).where(of);
    return [status, row?.config.owners];
  };
  const kept = [`country FR = ${lin}`, `all = ${ada}`];
  expect(await write(`country FR = lin sales\nall = Ada Sales (${ada})`)).toEqual([302, kept]);
  expect(await write("all = Nobody Known")).toEqual([422, kept]);
  await own.ctx.db.delete(secrets).where(inTenant(own.ctx, secrets));
  expect(await rulesOf()).toEqual([kept.join("\n"), false]);
});

test("a buyer who is to be forgotten is taken out of records, conflicts, batches and what receipts say of rows", async () => {
  const own = await world();
  const ctx = testCtx({ actor: { type: "system", job: "webhooks" } });
  const payload = { shop_id: 1, shop_domain: own.domain, customer: { id: 101 }, orders_to_redact: [] };
  const signed = await signRequest(
    Webhook.parse({ provider: "shopify", topic: "customers/redact", account: own.domain, payload }),
    Date.now(),
  );
  await receiveWebhook(ctx, {
    ...{ provider: "shopify", callback: null, method: "POST", urls: [] },
    ...{ headers: new Headers(signed.headers), body: new TextEncoder().encode(signed.body) },
  });
  for (const message of ctx.traces.tasks.splice(0)) if (message.type === "webhook") await workDelivery(ctx, asking, message);
  const left = await Promise.all([
    own.ctx.db.select().from(crmRecords).where(inTenant(own.ctx, crmRecords)),
    own.ctx.db.select().from(crmConflicts).where(inTenant(own.ctx, crmConflicts)),
    own.ctx.db.select().from(actionSteps).where(inTenant(own.ctx, actionSteps)),
  ]);
  expect(JSON.stringify(left)).not.toMatch(/"101"/);
  expect(left[2][0]?.receipt).toMatchObject({ rows: { failed: [{ customerId: "102", why: "invalid" }] } });
});
