import { and, eq, inArray } from "drizzle-orm";
import { parse } from "node-html-parser";
import { beforeEach, describe, expect, test } from "vitest";
import { auditLog, connections, incidents, notices, rateLimits } from "#db/schema/index.ts";
import { enterTenant, requireUser } from "#server/ctx.ts";
import { beginOAuth } from "#server/domain/connecting/begin-oauth.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { refreshResources } from "#server/domain/connecting/refresh-resources.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { listSwitches } from "#server/domain/incidents/list-switches.ts";
import { switchProvider } from "#server/domain/incidents/switch-provider.ts";
import { listNotices } from "#server/domain/integrations/list-notices.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { claimRenewals } from "#server/domain/tokens/claim-renewals.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { database } from "#test/domain/runs/rig.ts";
import { makeTenant, makeUser, testCtx } from "#test/harness.ts";

beforeEach(async () => {
  await control();
  await control({ limits: false });
  await database.batch([database.delete(incidents), database.delete(auditLog).where(inArray(auditLog.action, switchActions))]);
});

const switchActions = ["provider.switched_off", "provider.switched_on"] as const;
const staff = async () => testCtx({ actor: (await makeUser({ staff: true })).actor });
const off = async (...all: string[]) => {
  const ctx = await staff();
  for (const provider of all) await switchProvider(ctx, { provider, on: false });
};
async function client() {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  return { tenant, token, ctx: enterTenant(testCtx({ actor }), tenant, "owner") };
}

describe("the switch of a provider", () => {
  test("is the agency's: a client's owner may not touch it, nor see it, and staff may, by the API too", async () => {
    const { token } = await client();
    const put = (as: string, on: boolean) =>
      ask("/api/providers/klaviyo", { method: "PUT", headers: asPerson(as), body: JSON.stringify({ on }) });
    expect((await put(token, false)).status).toBe(403);
    expect((await ask("/api/providers", { headers: asPerson(token) })).status).toBe(403);
    expect(await listSwitches(await staff())).toSatisfy((all: { offSince: number | null }[]) =>
      all.every(({ offSince }) => offSince === null),
    );
    const admin = await makeUser({ staff: true });
    for (const on of [false, false, true, true]) expect((await put(admin.token, on)).status).toBe(200);
    expect((await ask("/api/providers/nothing", { method: "PUT", headers: asPerson(admin.token), body: '{"on":false}' })).status).toBe(404);
    // What is so already writes no second line.
    const lines = await database.select().from(auditLog).where(inArray(auditLog.action, switchActions)).orderBy(auditLog.seq);
    expect(lines).toMatchObject([
      { tenantId: "", action: "provider.switched_off", actorId: admin.actor.userId, details: { provider: "klaviyo" } },
      { tenantId: "", action: "provider.switched_on", actorId: admin.actor.userId, details: { provider: "klaviyo" } },
    ]);
  });

  test("is on the agency's page of incidents, and switches there", async () => {
    const { token } = await makeUser({ staff: true });
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    const body = new URLSearchParams({ intent: "switch-off", provider: "hubspot", name: "HubSpot" }).toString();
    expect((await ask("/admin/incidents", { method: "POST", headers, body, redirect: "manual" })).status).toBe(302);
    const root = parse(await (await ask("/admin/incidents", { headers: asPerson(token) })).text());
    const row = root.querySelectorAll("tr").find((each) => /HubSpot.*Turn on/.test(each.text));
    expect(row?.text).toContain("Off since");
    expect(root.querySelectorAll("tr").find((each) => /Klaviyo.*Turn off/.test(each.text))?.text).toContain("On");
  });
});

describe("while a provider is off", () => {
  test("no consent begins, new or again: a person is told in words, a program by its code, and another provider is as ever", async () => {
    const { tenant, token } = await client();
    await off("shopify");
    const begin = (provider: string, headers = {}) =>
      ask(`/api/auth/oauth/${provider}/authorize?tenant=${tenant.id}&shop=a-shop.myshopify.com`, {
        headers: { ...asPerson(token), ...headers },
        redirect: "manual",
      });
    const browser = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "same-origin" };
    expect((await begin("shopify", browser)).headers.get("location")).toBe(`/t/${tenant.id}/integrations`);
    const told = await begin("shopify", { accept: "application/json" });
    expect({ status: told.status, body: await told.json() }).toMatchObject({ status: 409, body: { error: { code: "provider_off" } } });
    expect((await begin("klaviyo", browser)).headers.get("location")).toMatch(/^https?:\/\/(?!atrium)/);
    // Nor does the agency take a client in from there.
    const admin = await makeUser({ staff: true });
    const intake = await ask("/api/integrations/shopify/oauth/start?shop=a-shop.myshopify.com", {
      headers: { ...asPerson(admin.token), ...browser },
      redirect: "manual",
    });
    expect(intake.headers.get("location")).toBe("/admin/new-client");
  });

  test("no key is taken, nor tried, and a job of it is not started by hand", async () => {
    const { ctx } = await client();
    const { fields } = await mintKey("klaviyo", "OffAc1");
    await off("klaviyo");
    await expect(connectKey(ctx, { provider: "klaviyo", fields })).rejects.toMatchObject({ kind: "conflict", code: "provider_off" });
    await expect(startRun(ctx, { job: "klaviyo-sensor" })).rejects.toMatchObject({ kind: "conflict", code: "provider_off" });
    const { fields: vapi } = await mintKey("vapi", "Off Vapi");
    expect(await connectKey(ctx, { provider: "vapi", fields: vapi })).toMatchObject({ again: false });
  });

  test("an account is not looked at by hand, nor what it opens, and who tries to connect meanwhile uses up no try", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const [row] = await database.select().from(connections).where(eq(connections.tenantId, tenant.id));
    const connectionId = row?.id ?? "";
    await off("klaviyo");
    const own = enterTenant(browser, tenant, "owner");
    await expect(probeConnection(own, { connectionId })).rejects.toMatchObject({ kind: "conflict", code: "provider_off" });
    await expect(refreshResources(own, { connectionId })).rejects.toMatchObject({ kind: "conflict", code: "provider_off" });
    const tries = () =>
      database
        .select()
        .from(rateLimits)
        .where(eq(rateLimits.key, limitOf("oauth:user", requireUser(browser).userId).key));
    const before = await tries();
    expect(await beginOAuth(browser, { provider: "klaviyo", tenant: tenant.id })).toMatchObject({ told: { code: "provider_off" } });
    expect(await tries()).toEqual(before);
  });

  test("what admins were told of a wave that it ended waits for them no more", async () => {
    const { actor } = await makeUser({ staff: true });
    const id = newId("inc", Date.now());
    const wave = { id, provider: "klaviyo", kind: "unavailable" as const, openedAt: 1, lastSeenAt: 1, tenantsFailing: 3, tenantsUsing: 3 };
    await database.insert(incidents).values(wave);
    await notify(testCtx({ actor: { type: "system", job: "cron" } }), {
      mail: { v: 1, type: "mail.incident", incident: id },
      event: "opened",
    });
    await off("klaviyo");
    const told = await database
      .select()
      .from(notices)
      .where(and(eq(notices.subject, id), eq(notices.userId, actor.userId)));
    expect(told).toMatchObject([{ resolvedAt: expect.any(Number), mailDueAt: null }]);
  });

  test("tokens are renewed by the cron all the same", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const rowOf = async () => (await database.select().from(connections).where(eq(connections.tenantId, tenant.id)))[0];
    const before = await rowOf();
    await off("klaviyo");
    // Klaviyo's tokens live for an hour.
    const cron = testCtx({ actor: { type: "system", job: "cron" }, now: () => Date.now() + 3_600_000 });
    await claimRenewals(cron);
    const message = cron.traces.tokens.find((each) => each.type === "token.renew" && each.connection === before?.id);
    if (!message) throw new Error("no renewal was sent");
    await workToken(cron, message);
    expect(await rowOf()).toMatchObject({ status: "active", version: (before?.version ?? 0) + 1 });
    const inside = enterTenant(browser, tenant, "owner");
    expect((await listNotices(inside)).incidents).toMatchObject([{ provider: { id: "klaviyo" }, kind: "switched_off" }]);
  });

  test("its page says so and offers nothing to connect with, and every page says so to who uses it", async () => {
    const { tenant, token, ctx } = await client();
    await off("shopify", "klaviyo");
    const page = async (path: string) =>
      parse(await (await ask(`/t/${tenant.id}${path}`, { headers: asPerson(token) })).text()).querySelector("main");
    const shop = await page("/integrations/shopify");
    expect(shop?.text).toContain("Your agency has turned Shopify off for now. You can connect accounts again once it’s back on.");
    expect(shop?.querySelectorAll("form")).toEqual([]);
    expect((await page("/integrations"))?.text).toContain("Turned off");
    expect((await page(""))?.text).not.toContain("is switched off by your agency");
    await database.delete(incidents);
    const { fields } = await mintKey("klaviyo", "OffAc2");
    await connectKey(ctx, { provider: "klaviyo", fields });
    await off("klaviyo");
    expect((await page(""))?.text).toContain("Klaviyo is turned off by your agency");
  });
});
