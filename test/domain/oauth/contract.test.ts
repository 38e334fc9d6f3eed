import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, oauthStates, secrets } from "#db/schema/index.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { oauthProviders as providers } from "#server/catalog/providers/registry.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/connections/open-account.ts";
import { authorizeUrl } from "#server/domain/oauth/authorize-url.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { begin, choices, comeBack, connectThrough, control, decide, visit } from "./consent.ts";

const hour = 3_600_000;

/** The authorize URL of each provider with fixed values; the PKCE pair is the one of RFC 7636, appendix B. */
const exactUrls: Record<string, string> = {
  shopify:
    "https://beta.myshopify.com/admin/oauth/authorize?response_type=code&client_id=sandbox-shopify-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fshopify%2Fcallback&state=the-state&scope=a%2Cb",
  klaviyo:
    "https://www.klaviyo.com/oauth/authorize?response_type=code&client_id=sandbox-klaviyo-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fklaviyo%2Fcallback&state=the-state&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=a+b",
  google:
    "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=sandbox-google-client.apps.example&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fgoogle%2Fcallback&state=the-state&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=a+b&access_type=offline&prompt=consent&include_granted_scopes=true",
};

beforeEach(() => control({ limits: false }));
afterEach(() => control());

/** The tenant's connection, with its opened tokens as the vault has them. */
async function stored(tenant: Tenant) {
  const ctx = testTenantCtx(tenant);
  const rows = await listConnections(ctx);
  return Promise.all(
    rows.map(async (row) => {
      const held = await holdConnection(ctx, row.id);
      return { row, held, access: await openField(ctx, held, "access_token"), refresh: await openField(ctx, held, "refresh_token") };
    }),
  );
}

async function only(tenant: Tenant) {
  const [first, ...others] = await stored(tenant);
  if (!first || others.length > 0) throw new Error("expected one connection");
  return first;
}

/** What the provider's API says through a connection, some time later. */
async function callLater(tenant: Tenant, provider: OAuthProvider, ms: number) {
  const ctx = testTenantCtx(tenant, "system", { now: () => Date.now() + ms });
  const { held } = await only(tenant);
  await provider.probe(openAccount(ctx, held));
  return ctx;
}

describe.each(providers.map((provider) => ({ provider, id: provider.id })))("$id", ({ provider, id }) => {
  const choice = choices[id];
  if (!choice) throw new Error(`no consent choice for ${id}`);

  /** Goes to the consent page and back, and leaves the callback to the test. */
  async function consent(ctx: Ctx, tenant: Tenant, more: { decision?: "deny" } = {}): Promise<URL> {
    const { location } = await begin(ctx, { provider: id, tenant: tenant.id, shop: choice?.shop });
    return decide(location, { account: choice?.account ?? "", ...more });
  }

  const ends = async (ctx: Ctx, tenant: Tenant, callback: URL, message: RegExp) => {
    const next = await comeBack(ctx, id, callback);
    expect(next.toast).toEqual({ kind: "error", message: expect.stringMatching(message) });
    expect(next.location).toBe(`/t/${tenant.id}/integrations`);
    expect(await stored(tenant)).toEqual([]);
  };

  test("a person who denies comes back to a toast, and nothing is stored", async () => {
    const { browser, tenant } = await visit();
    await ends(browser, tenant, await consent(browser, tenant, { decision: "deny" }), /not allowed/);
  });

  test("an expired state connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    await ends({ ...browser, now: () => Date.now() + 10 * 60_000 + 1 }, tenant, callback, /expired or was already used/);
  });

  test("an unknown, empty or missing state connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    for (const state of ["x".repeat(43), "", "x".repeat(10_000)]) {
      callback.searchParams.set("state", state);
      await ends(browser, tenant, callback, /expired or was already used/);
    }
    callback.searchParams.delete("state");
    await ends(browser, tenant, callback, /expired or was already used/);
  });

  test("a state works once: a replay connects nothing, however many come at once", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const answers = await Promise.all(Array.from({ length: 5 }, () => comeBack(browser, id, callback)));
    expect(answers.filter(({ toast }) => toast?.kind === "success")).toHaveLength(1);
    const again = await comeBack(browser, id, callback);
    expect(again.toast?.message).toMatch(/expired or was already used/);
    expect(await stored(tenant)).toHaveLength(1);
  });

  test("another browser of the same session connects nothing, with or without a mark of its own", async () => {
    const { browser, tenant, actor } = await visit();
    await ends(testCtx({ actor, ip: "198.51.100.1" }), tenant, await consent(browser, tenant), /another browser or session/);
    const other = testCtx({ actor, ip: "198.51.100.1" });
    await consent(other, tenant);
    await ends(other, tenant, await consent(browser, tenant), /another browser or session/);
  });

  test("another person's or another session's callback connects nothing, and uses the state up", async () => {
    const { browser, tenant, actor } = await visit();
    const { actor: stranger } = await makeUser({ roles: [[tenant, "owner"]] });
    const callback = await consent(browser, tenant);
    await ends({ ...browser, actor: stranger }, tenant, callback, /another browser or session/);
    await ends(browser, tenant, callback, /expired or was already used/);
    const second = await consent(browser, tenant);
    await ends({ ...browser, actor: { ...actor, sessionId: "ses_other" } }, tenant, second, /another browser or session/);
  });

  test("somebody who lost their right meanwhile connects nothing", async () => {
    const { browser, tenant, actor } = await visit();
    const callback = await consent(browser, tenant);
    await ends({ ...browser, actor: { ...actor, memberships: [{ tenant, role: "viewer" }] } }, tenant, callback, /no longer connect/);
  });

  test("a callback at another provider's address connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const other = providers.find((each) => each.id !== id)?.id ?? "";
    const next = await comeBack(browser, other, callback);
    expect(next.toast?.message).toMatch(/another browser or session/);
    expect(await stored(tenant)).toEqual([]);
  });

  test("an answer of another issuer connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    callback.searchParams.set("iss", "https://evil.example");
    await ends(browser, tenant, callback, /did not come from/);
  });

  test("a wrong client secret is our own fault and connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const config = { ...browser.config, [provider.oauth.credentials.clientSecret]: "wrong" };
    // Where the secret also proves the callback, that is what fails first.
    await ends({ ...browser, config }, tenant, callback, provider.oauth.callbackFault ? /did not come from/ : /on our side/);
  });

  test("without a client secret nothing begins, and nothing that began is completed", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const bare = { ...browser, config: { ...browser.config, [provider.oauth.credentials.clientSecret]: undefined } };
    await ends(bare, tenant, callback, /on our side/);
    const next = await begin(bare, { provider: id, tenant: tenant.id, shop: choice.shop });
    expect(next).toEqual({
      location: `/t/${tenant.id}/integrations`,
      toast: { kind: "error", message: expect.stringMatching(/on our side/) },
    });
  });

  test("a code that is refused, or a verifier that is not the one, connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    if (!provider.oauth.callbackFault) {
      callback.searchParams.set("code", "unknown");
      await ends(browser, tenant, callback, /refused to complete/);
    }
    if (provider.oauth.pkce) {
      // The code of one attempt with the verifier of another.
      const first = await consent(browser, tenant);
      const second = await consent(browser, tenant);
      second.searchParams.set("code", first.searchParams.get("code") ?? "");
      await ends(browser, tenant, second, /refused to complete/);
    }
  });

  test("a provider that is down, slow to fail or talks nonsense connects nothing", async () => {
    const { browser, tenant } = await visit();
    for (const effect of [
      { type: "error", status: 503 },
      { type: "reply_lost", how: "abort" },
      { type: "omit", fields: ["access_token"] },
    ]) {
      const callback = await consent(browser, tenant);
      await control({ faults: [{ provider: id, kind: "token", effect }] });
      await ends(browser, tenant, callback, /does not answer/);
      await control();
      await control({ limits: false });
    }
    const callback = await consent(browser, tenant);
    await control({ faults: [{ provider: id, kind: "api", effect: { type: "error_in_200" } }] });
    await ends(browser, tenant, callback, /does not answer/);
  });

  test("the authorize URL is the provider's own, to the letter", () => {
    const config = { ...testCtx().config, PROVIDER_ENDPOINTS: undefined };
    const verifier = provider.oauth.pkce ? "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" : null;
    const url = authorizeUrl(config, provider, { state: "the-state", verifier, shop: choice.shop ?? null, scopes: ["a", "b"] });
    expect(url.href).toBe(exactUrls[id]);
  });

  test("a connection is stored with its account, scopes and sealed tokens, and the audit says who made it", async () => {
    const { browser, tenant, actor } = await visit();
    const next = await connectThrough(browser, { tenant: tenant.id, provider: id });
    expect(next).toEqual({
      location: `/t/${tenant.id}/integrations`,
      toast: { kind: "success", message: expect.stringContaining("is connected.") },
    });
    const { row, access, refresh, held } = await only(tenant);
    expect(row).toMatchObject({ provider: id, status: "active", connectedBy: actor.userId, version: 1 });
    expect(row.scopesGranted).toEqual(expect.arrayContaining(row.scopesAsked));
    expect(row.accessExpiresAt).toBeGreaterThan(Date.now() + hour - 60_000);
    for (const token of [access, refresh]) {
      expect(token).toMatch(/sbx[0-9a-f]{40}/);
      expect(JSON.stringify([row, held.secrets])).not.toContain(token);
    }
    const [line] = await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(line).toMatchObject({ action: "connection.connected", actorId: actor.userId });
    expect(browser.traces.lines.join()).not.toMatch(/sbx[0-9a-f]{40}/);
  });

  test("connecting the same account again updates it, and two at once make one", async () => {
    const { browser, tenant } = await visit();
    const callbacks = [await consent(browser, tenant), await consent(browser, tenant)];
    await Promise.all(callbacks.map((callback) => comeBack(browser, id, callback)));
    const before = await only(tenant);
    const next = await connectThrough(browser, { tenant: tenant.id, provider: id });
    expect(next.toast?.message).toContain("is connected again.");
    const after = await only(tenant);
    expect(after.row.id).toBe(before.row.id);
    expect(after.row.version).toBeGreaterThan(before.row.version);
    expect(after.access).not.toBe(before.access);
    await callLater(tenant, provider, 0);
  });

  test("a reconnect that comes back as another account changes nothing", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    const before = await only(tenant);
    if (choice.shop === undefined) {
      const { location } = await begin(browser, { provider: id, tenant: tenant.id, connection: before.row.id });
      const next = await comeBack(browser, id, await decide(location, { account: choice.other }));
      expect(next.toast?.message).toContain(`another ${provider.name} account than ${before.row.name}`);
    } else {
      // The shop of the connection is asked, whatever the query says.
      const { location } = await begin(browser, { provider: id, tenant: tenant.id, connection: before.row.id, shop: choice.otherShop });
      expect(location).toContain(choice.shop);
    }
    expect(await only(tenant)).toEqual(before);
    await callLater(tenant, provider, 0);
  });

  test("another tenant's connection cannot be reconnected: it is not found", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    const { row } = await only(tenant);
    const stranger = await visit();
    const asked = begin(stranger.browser, { provider: id, tenant: stranger.tenant.id, connection: row.id });
    await expect(asked).rejects.toMatchObject({ kind: "not_found" });
    await expect(begin(stranger.browser, { provider: id, tenant: tenant.id })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("a grant without expires_in ends when the provider's usual one does", async () => {
    const { browser, tenant } = await visit();
    await control({ faults: [{ provider: id, kind: "token", effect: { type: "omit", fields: ["expires_in"] } }] });
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    const { row } = await only(tenant);
    const usualMs = (provider.oauth.defaultExpiresInS ?? 0) * 1000;
    expect(row.accessExpiresAt).toBeGreaterThan(Date.now() + usualMs - 60_000);
    expect(row.accessExpiresAt).toBeLessThanOrEqual(Date.now() + usualMs);
  });

  test("a grant without refresh_token works until it ends, then a person is asked, once", async () => {
    const { browser, tenant } = await visit();
    await control({ faults: [{ provider: id, kind: "token", effect: { type: "omit", fields: ["refresh_token"] } }] });
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    await callLater(tenant, provider, 0);
    await expect(callLater(tenant, provider, hour + 1000)).rejects.toMatchObject({ kind: "revoked" });
    expect((await only(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "not_renewable" });
  });

  test("a reply without refresh_token keeps the old one", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    const before = await only(tenant);
    await control({
      faults: [{ provider: id, kind: "token", grantType: "refresh_token", effect: { type: "omit", fields: ["refresh_token"] } }],
    });
    await callLater(tenant, provider, hour);
    const after = await only(tenant);
    expect(after.refresh).toBe(before.refresh);
    expect(after.access).not.toBe(before.access);
  });

  test("a token near its end is renewed before it is used, and rotates where the provider rotates", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    const before = await only(tenant);
    await callLater(tenant, provider, hour - 59_000);
    const after = await only(tenant);
    expect(after.row.version).toBe(before.row.version + 1);
    expect(after.access).not.toBe(before.access);
    expect(after.refresh === before.refresh).toBe(!provider.oauth.renewals.some(({ rotates }) => rotates));
    expect(after.row).toMatchObject({ leaseUntil: null, refreshFingerprint: null, refreshStartedAt: null });
    await callLater(tenant, provider, 2 * hour);
    expect((await only(tenant)).row.version).toBe(before.row.version + 2);
  });

  test("access that the provider took away makes the connection wait, once, with mail and audit", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: id });
    await control({ revoke: [{ provider: id, account: choice.account }] });
    const ctx = testTenantCtx(tenant, "system");
    const { held } = await only(tenant);
    const calls = await Promise.allSettled(Array.from({ length: 4 }, () => provider.probe(openAccount(ctx, held))));
    for (const call of calls) expect(call).toMatchObject({ status: "rejected", reason: { kind: "revoked" } });
    expect((await only(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "refresh_refused" });
    expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection: held.connection.id }]);
    const lines = await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(lines.filter(({ action }) => action === "connection.reconnect_needed")).toHaveLength(1);

    await connectThrough(browser, { tenant: tenant.id, provider: id, connection: held.connection.id });
    expect((await only(tenant)).row).toMatchObject({ id: held.connection.id, status: "active", statusReason: null });
    await callLater(tenant, provider, 0);
  });

  test("no state is left behind, and a secret's row never holds what it seals", async () => {
    const states = await openDb(testEnv.DB).select().from(oauthStates).where(eq(oauthStates.provider, id));
    expect(JSON.stringify(states)).not.toMatch(/sbx[0-9a-f]{40}/);
    const sealed = await openDb(testEnv.DB).select().from(secrets);
    expect(sealed.every((row) => /^a1\.1\.[\w-]+\.[\w-]+$/.test(row.sealed))).toBe(true);
  });
});
