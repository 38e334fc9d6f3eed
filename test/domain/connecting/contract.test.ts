import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, oauthStates, secrets } from "#db/schema/index.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { oauthProviders } from "#server/catalog/providers/registry.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { authorizeUrl } from "#server/domain/connecting/authorize-url.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { asksForTokens, begin, comeBack, connectThrough, consents, control, counted, decide, givenBy, hurry, visit } from "./consent.ts";

const year = 365 * 86_400_000;

/** The authorize URL of each provider with fixed values; the PKCE pair is the one of RFC 7636, appendix B. */
const exactUrls: Record<string, string> = {
  shopify:
    "https://beta.myshopify.com/admin/oauth/authorize?response_type=code&client_id=sandbox-shopify-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fshopify%2Fcallback&state=the-state&scope=a%2Cb",
  klaviyo:
    "https://www.klaviyo.com/oauth/authorize?response_type=code&client_id=sandbox-klaviyo-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fklaviyo%2Fcallback&state=the-state&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=a%20b",
  google:
    "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=sandbox-google-client.apps.example&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fgoogle%2Fcallback&state=the-state&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=a%20b&access_type=offline&prompt=consent&include_granted_scopes=true",
  hubspot:
    "https://app.hubspot.com/oauth/authorize?response_type=code&client_id=sandbox-hubspot-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fhubspot%2Fcallback&state=the-state&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=oauth&optional_scope=a%20b",
  slack:
    "https://slack.com/oauth/v2/authorize?response_type=code&client_id=1234567890.sandbox&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fslack%2Fcallback&state=the-state&scope=a%2Cb",
  linkedin:
    "https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=sandbox-linkedin-client&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Flinkedin%2Fcallback&state=the-state&scope=a%20b",
  meta: "https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=1800000000000001&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Fmeta%2Fcallback&state=the-state&scope=a%2Cb&auth_type=rerequest",
  tiktok:
    "https://business-api.tiktok.com/portal/auth?response_type=code&redirect_uri=http%3A%2F%2Fatrium.test%2Fapi%2Fauth%2Foauth%2Ftiktok%2Fcallback&state=the-state&app_id=7000000000000000001",
};

beforeEach(async () => {
  hurry();
  await control({ limits: false });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
});

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

/** How often the tenant was told to connect again. */
async function marks(tenant: Tenant): Promise<number> {
  const lines = await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
  return lines.filter(({ action }) => action === "connection.reconnect_needed").length;
}

/** What the provider's API says through a connection, some time later. */
async function callLater(tenant: Tenant, provider: OAuthProvider, ms: number) {
  const ctx = testTenantCtx(tenant, "system", { now: () => Date.now() + ms });
  const { held } = await only(tenant);
  await provider.probe(openAccount(ctx, held));
  return ctx;
}

test("no OAuth provider is left out", () => {
  const tested = new Set(consents.map(({ title }) => title));
  expect(oauthProviders.filter(({ id }) => !tested.has(id) || !exactUrls[id]).map(({ id }) => id)).toEqual([]);
});

describe.each(consents)("$title", ({ provider, choice }) => {
  const { id, oauth } = provider;
  const { lifeS, renewal } = givenBy(provider, choice);
  const lifeMs = (lifeS ?? 0) * 1000;
  const codeName = oauth.codeParameter ?? "code";
  const connect = (ctx: Ctx, tenant: Tenant, more: { connection?: string; sets?: string } = {}) =>
    connectThrough(ctx, { tenant: tenant.id, provider: id, choice, ...more });

  /** Goes to the consent page and back, and leaves the callback to the test. */
  async function consent(ctx: Ctx, tenant: Tenant, more: { decision?: "deny" } = {}): Promise<URL> {
    const { location } = await begin(ctx, { provider: id, tenant: tenant.id, shop: choice.shop });
    return decide(location, { account: choice.account, ...more });
  }

  const ends = async (ctx: Ctx, tenant: Tenant, callback: URL, message: RegExp) => {
    const next = await comeBack(ctx, id, callback);
    expect(next.toast).toEqual({ kind: "error", message: expect.stringMatching(message) });
    expect(next.location).toBe(`/t/${tenant.id}/integrations`);
    expect(await stored(tenant)).toEqual([]);
  };

  /** The usual life of what was just given, to the minute; null where it has no end. */
  function expectEnd(accessExpiresAt: number | null): void {
    expect(accessExpiresAt === null).toBe(lifeS === null);
    if (accessExpiresAt === null) return;
    expect(accessExpiresAt).toBeGreaterThan(Date.now() + lifeMs - 60_000);
    expect(accessExpiresAt).toBeLessThanOrEqual(Date.now() + lifeMs);
  }

  test("a person who denies comes back to a toast, and nothing is stored", async () => {
    const { browser, tenant } = await visit();
    await ends(browser, tenant, await consent(browser, tenant, { decision: "deny" }), /access was denied/);
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

  test("a state works once: however many come at once or later, one exchanges the code and all are told how it ended", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const before = (await counted()).calls;
    const answers = await Promise.all(Array.from({ length: 5 }, () => comeBack(browser, id, callback)));
    answers.push(await comeBack(browser, id, callback));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.toast?.kind).toBe("success");
    const asked = (calls: typeof before) => calls.filter(({ path }) => asksForTokens(id, path)).reduce((sum, { count }) => sum + count, 0);
    // Meta's one consent is a code and then a longer life.
    expect(asked((await counted()).calls) - asked(before)).toBe(id === "meta" ? 2 : 1);
    expect((await only(tenant)).row.version).toBe(1);
  });

  test("another browser of the same session connects nothing, with or without a mark of its own", async () => {
    const { browser, tenant, actor } = await visit();
    await ends(testCtx({ actor, ip: "198.51.100.1" }), tenant, await consent(browser, tenant), /another browser or session/);
    const other = testCtx({ actor, userAgent: "Another/1.0" });
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
    const other = oauthProviders.find((each) => each.id !== id)?.id ?? "";
    const next = await comeBack(browser, other, callback);
    expect(next.toast?.message).toMatch(/another browser or session/);
    expect(await stored(tenant)).toEqual([]);
  });

  test("an answer of another issuer connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    callback.searchParams.set("iss", "https://evil.example");
    await ends(browser, tenant, callback, /couldn’t verify/);
  });

  test("an answer in which the state, the code, the issuer or an error stands twice connects nothing", async () => {
    const { browser, tenant } = await visit();
    for (const name of ["state", codeName, "iss", "error"]) {
      const callback = await consent(browser, tenant);
      const own =
        callback.searchParams.get(name) ??
        new URL((await begin(browser, { provider: id, tenant: tenant.id, shop: choice.shop })).location).origin;
      callback.searchParams.delete(name);
      for (const value of [own, "another"]) callback.searchParams.append(name, value);
      await ends(browser, tenant, callback, /couldn’t verify/);
    }
  });

  test("a wrong client secret is our own fault and connects nothing", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const config = { ...browser.config, [oauth.credentials.clientSecret]: "wrong" };
    // Where the secret also proves the callback, that is what fails first.
    await ends({ ...browser, config }, tenant, callback, oauth.callbackFault ? /couldn’t verify/ : /on our side/);
  });

  test("without a client secret nothing begins, and nothing that began is completed", async () => {
    const { browser, tenant } = await visit();
    const callback = await consent(browser, tenant);
    const bare = { ...browser, config: { ...browser.config, [oauth.credentials.clientSecret]: undefined } };
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
    callback.searchParams.set(codeName, "unknown");
    // Where the callback is signed, that is what fails first.
    await ends(browser, tenant, callback, oauth.callbackFault ? /couldn’t verify/ : /refused to complete/);
    // The code of one attempt with the verifier of another; without PKCE nothing binds a code but the state and the signature.
    const { location } = await begin(browser, { provider: id, tenant: tenant.id, shop: choice.shop });
    expect(new URL(location).searchParams.has("code_challenge")).toBe(oauth.pkce);
    if (!oauth.pkce) return;
    const first = await consent(browser, tenant);
    const second = await consent(browser, tenant);
    second.searchParams.set(codeName, first.searchParams.get(codeName) ?? "");
    await ends(browser, tenant, second, /refused to complete/);
  });

  test("a provider that is down, limits us, is slow to fail or talks nonsense connects nothing", async () => {
    const { browser, tenant } = await visit();
    for (const [kind, effect] of [
      ["token", { type: "error", status: 503 }],
      ["token", { type: "rate_limited", retryAfter: 60 }],
      ["token", { type: "reply_lost", how: "abort" }],
      ["token", { type: "omit", fields: ["access_token"] }],
      ["token", { type: "error_in_200" }],
      ["api", { type: "error_in_200" }],
    ] as const) {
      const callback = await consent(browser, tenant);
      await control({ faults: [{ provider: id, kind, effect }] });
      await ends(browser, tenant, callback, /isn’t responding/);
      await control();
      await control({ limits: false });
    }
  });

  test("the authorize URL is the provider's own, to the letter", () => {
    const config = { ...testCtx().config, PROVIDER_ENDPOINTS: undefined };
    const verifier = oauth.pkce ? "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" : null;
    const url = authorizeUrl(config, provider, { state: "the-state", verifier, shop: choice.shop ?? null, scopes: ["a", "b"] });
    expect(url.href).toBe(exactUrls[id]);
  });

  test("a connection is stored with its account, scopes and sealed tokens, and the audit says who made it", async () => {
    const { browser, tenant, actor } = await visit();
    const next = await connect(browser, tenant);
    expect(next).toEqual({
      location: `/t/${tenant.id}/integrations`,
      toast: { kind: "success", message: expect.stringContaining(" connected.") },
    });
    const { row, access, refresh, held } = await only(tenant);
    expect(row).toMatchObject({ provider: id, status: "active", connectedBy: actor.userId, version: 1 });
    expect(row.scopesGranted).toEqual(expect.arrayContaining(row.scopesAsked));
    expectEnd(row.accessExpiresAt);
    expect(refresh !== undefined).toBe(renewal?.with === "refresh_token");
    for (const token of [access, ...(refresh === undefined ? [] : [refresh])]) {
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
    const next = await connect(browser, tenant);
    expect(next.toast?.message).toContain("reconnected.");
    const after = await only(tenant);
    expect(after.row.id).toBe(before.row.id);
    expect(after.row.version).toBeGreaterThan(before.row.version);
    expect(after.access).not.toBe(before.access);
    await callLater(tenant, provider, 0);
  });

  test("a reconnect that comes back as another account changes nothing", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    if (choice.shop === undefined) {
      const { location } = await begin(browser, { provider: id, tenant: tenant.id, connection: before.row.id });
      const next = await comeBack(browser, id, await decide(location, { account: choice.other }));
      expect(next.toast?.message).toContain(`a different ${provider.name} account, not ${before.row.name}`);
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
    await connect(browser, tenant);
    const { row } = await only(tenant);
    const stranger = await visit();
    const asked = begin(stranger.browser, { provider: id, tenant: stranger.tenant.id, connection: row.id });
    await expect(asked).rejects.toMatchObject({ kind: "not_found" });
    await expect(begin(stranger.browser, { provider: id, tenant: tenant.id })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("a reply that names no scopes is no consent: what the provider says elsewhere counts, else nothing does", async () => {
    const { browser, tenant } = await visit();
    const silent = { provider: id, kind: "token", effect: { type: "omit", fields: ["scope", "scopes"] } };
    const nothing = { type: "fewer_scopes", without: oauth.scopeSets.flatMap(({ scopes }) => scopes) };
    await control({ faults: [silent, { ...silent, effect: nothing }] });
    expect((await connect(browser, tenant)).toast).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/none of the perm|didn’t tell us/),
    });
    expect(await stored(tenant)).toEqual([]);
    await control();
    await control({ limits: false, faults: [silent] });
    const { toast } = await connect(browser, tenant);
    const elsewhere = ["shopify", "hubspot", "meta"].includes(id);
    expect(toast?.kind).toBe(elsewhere ? "success" : "error");
    if (elsewhere) expect((await only(tenant)).row.scopesGranted).toEqual(expect.arrayContaining((await only(tenant)).row.scopesAsked));
    else expect(await stored(tenant)).toEqual([]);
  });

  test("what was granted in part is kept, and the person is told what is missing; of nothing nothing is kept", async () => {
    const { browser, tenant } = await visit();
    const sets = oauth.scopeSets.map((set) => set.id).join(",");
    const [dropped, ...others] = [...oauth.scopeSets].reverse();
    const inOthers = new Set(others.flatMap(({ scopes }) => scopes));
    const alone = dropped?.scopes.filter((scope) => !inOthers.has(scope)) ?? [];
    expect(alone).not.toEqual([]);
    const fewer = (without: readonly string[]) =>
      control({ faults: [{ provider: id, kind: "token", effect: { type: "fewer_scopes", without } }] });
    await fewer(oauth.scopeSets.flatMap(({ scopes }) => scopes));
    expect((await connect(browser, tenant, { sets })).toast?.message).toMatch(/none of the permissions/);
    expect(await stored(tenant)).toEqual([]);
    await control();
    await control({ limits: false });
    await fewer(alone);
    const { toast } = await connect(browser, tenant, { sets });
    if (others.length === 0) return expect(toast?.kind).toBe("error");
    expect(toast).toEqual({ kind: "info", message: expect.stringContaining(dropped?.title.en ?? "") });
    const { row } = await only(tenant);
    expect(row.scopesAsked).toEqual(expect.arrayContaining(alone));
    expect(row.scopesGranted.filter((scope) => alone.includes(scope))).toEqual([]);
    await callLater(tenant, provider, 0);
  });

  test("a grant without expires_in ends when the provider's usual one does", async () => {
    const { browser, tenant } = await visit();
    await control({ faults: [{ provider: id, kind: "token", effect: { type: "omit", fields: ["expires_in"] } }] });
    await connect(browser, tenant);
    expectEnd((await only(tenant)).row.accessExpiresAt);
  });

  test("a grant without refresh_token works until it ends, then a person is asked, once; unless it needs none", async () => {
    const { browser, tenant } = await visit();
    await control({ faults: [{ provider: id, kind: "token", effect: { type: "omit", fields: ["refresh_token"] } }] });
    await connect(browser, tenant);
    await callLater(tenant, provider, 0);
    if (lifeS === null || renewal?.with === "access_token") {
      await callLater(tenant, provider, lifeS === null ? 10 * year : lifeMs - 30_000);
      expect((await only(tenant)).row.status).toBe("active");
      return;
    }
    const late = await Promise.allSettled([1, 2].map(() => callLater(tenant, provider, lifeMs + 1000)));
    for (const call of late) expect(call).toMatchObject({ status: "rejected", reason: { kind: "revoked" } });
    expect((await only(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "not_renewable" });
    expect(await marks(tenant)).toBe(1);
  });

  test("a renewal's reply without refresh_token keeps what there was", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    await control({ faults: [{ provider: id, kind: "token", effect: { type: "omit", fields: ["refresh_token"] } }] });
    await callLater(tenant, provider, Math.max(0, lifeMs - 30_000));
    const after = await only(tenant);
    expect(after.refresh).toBe(before.refresh);
    expect(after.access !== before.access).toBe(renewal !== null);
  });

  test("a token near its end is renewed before it is used, and rotates where the provider rotates; or is used to its end", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    if (renewal === null) {
      // Nobody but a person can renew it, so nobody tries: it is used for as long as it lives.
      await control();
      await callLater(tenant, provider, lifeS === null ? 10 * year : lifeMs - 10_000);
      expect((await counted()).calls.filter(({ path }) => asksForTokens(id, path))).toEqual([]);
      expect(await only(tenant)).toMatchObject({ access: before.access, row: { version: before.row.version, status: "active" } });
      return;
    }
    const sent = ({ access, refresh }: typeof before) => (renewal.with === "refresh_token" ? refresh : access);
    await callLater(tenant, provider, lifeMs - 59_000);
    const after = await only(tenant);
    expect(after.row.version).toBe(before.row.version + 1);
    expect(after.access).not.toBe(before.access);
    expect(sent(after) === sent(before)).toBe(!renewal.rotates);
    expect(after.row).toMatchObject({ leaseUntil: null, refreshFingerprint: null, refreshStartedAt: null });
    await callLater(tenant, provider, 2 * lifeMs);
    expect((await only(tenant)).row.version).toBe(before.row.version + 2);
  });

  test("a renewal whose reply is lost is asked for again where the provider repeats it, else a person is asked", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    await control({ faults: [{ provider: id, kind: "token", count: 1, effect: { type: "reply_lost", how: "502" } }] });
    if (renewal === null) {
      await callLater(tenant, provider, Math.max(0, lifeMs - 10_000));
      expect(await only(tenant)).toMatchObject({ access: before.access, row: { status: "active" } });
    } else if (renewal.retryable) {
      await callLater(tenant, provider, lifeMs + 1000);
      expect((await only(tenant)).row).toMatchObject({ status: "active", version: before.row.version + 1 });
    } else {
      await expect(callLater(tenant, provider, lifeMs + 1000)).rejects.toMatchObject({ kind: "unavailable" });
      expect((await only(tenant)).row).toMatchObject({ status: "active", refreshStartedAt: expect.any(Number) });
      await expect(callLater(tenant, provider, lifeMs + 86_400_000)).rejects.toMatchObject({ kind: "revoked" });
      expect((await only(tenant)).row.status).toBe("reconnect_needed");
    }
  });

  test("an error in a reply of status 200 is an error, and takes no working token away", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    // Where nothing is renewed the token endpoint is asked by a consent alone: see above.
    for (const kind of renewal ? ["token", "api"] : ["api"]) {
      await control({ faults: [{ provider: id, kind, effect: { type: "error_in_200" } }] });
      const call = callLater(tenant, provider, kind === "token" ? lifeMs + 1000 : 0);
      await expect(call).rejects.toMatchObject({ kind: "unavailable" });
      await control();
      await control({ limits: false });
    }
    const after = await only(tenant);
    expect([after.row.status, after.access, after.refresh]).toEqual(["active", before.access, before.refresh]);
    await callLater(tenant, provider, 0);
  });

  test("a limit and a breakdown are told apart from a dead token, however the provider says them, and change nothing", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const before = await only(tenant);
    for (const [effect, kind] of [
      [{ type: "rate_limited", retryAfter: 60 }, "rate_limited"],
      [{ type: "error", status: 500 }, "unavailable"],
    ] as const) {
      await control({ faults: [{ provider: id, kind: "api", effect }] });
      await expect(callLater(tenant, provider, 0)).rejects.toMatchObject({ kind });
      await control();
      await control({ limits: false });
    }
    const after = await only(tenant);
    expect([after.row.status, after.access, after.refresh]).toEqual(["active", before.access, before.refresh]);
  });

  test("access that the provider took away makes the connection wait, once, with mail and audit", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    await control({ revoke: [{ provider: id, account: choice.account }] });
    const ctx = testTenantCtx(tenant, "system");
    const { held } = await only(tenant);
    const calls = await Promise.allSettled(Array.from({ length: 4 }, () => provider.probe(openAccount(ctx, held))));
    for (const call of calls) expect(call).toMatchObject({ status: "rejected", reason: { kind: "revoked" } });
    expect((await only(tenant)).row).toMatchObject({
      status: "reconnect_needed",
      statusReason: renewal ? "refresh_refused" : "access_refused",
    });
    expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection: held.connection.id }]);
    expect(await marks(tenant)).toBe(1);

    await connect(browser, tenant, { connection: held.connection.id });
    expect((await only(tenant)).row).toMatchObject({ id: held.connection.id, status: "active", statusReason: null });
    await callLater(tenant, provider, 0);
  });

  test("disconnecting gives access back where the provider has a way, and what was issued is dead", async () => {
    // The same account of other tenants, of the tests before this one, would keep a whole grant alive.
    await openDb(testEnv.DB).update(connections).set({ status: "disconnected" }).where(eq(connections.provider, id));
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const { row, access = "" } = await only(tenant);
    const shop = row.details.shop ?? null;
    const withOldToken = newcomer(testCtx(), { provider, kind: "oauth", shop, secrets: { access_token: access }, fields: {} }, "old");
    await provider.probe(withOldToken);
    expect(await disconnect(testTenantCtx(tenant), { connectionId: row.id })).toMatchObject({ revoked: oauth.revocation !== null });
    if (oauth.revocation) await expect(provider.probe(withOldToken)).rejects.toMatchObject({ kind: "revoked" });
    else await provider.probe(withOldToken);
    expect(await only(tenant)).toMatchObject({ row: { status: "disconnected" }, held: { secrets: [] } });
  });

  test("a provider that refuses to take access back is believed", async () => {
    const { browser, tenant } = await visit();
    await connect(browser, tenant);
    const { row } = await only(tenant);
    await control({ faults: [{ provider: id, kind: "revoke", effect: { type: "error_in_200" } }] });
    expect(await disconnect(testTenantCtx(tenant), { connectionId: row.id })).toMatchObject({ revoked: false });
    expect((await only(tenant)).row.status).toBe("disconnected");
  });

  test("no state is left behind, and a secret's row never holds what it seals", async () => {
    const states = await openDb(testEnv.DB).select().from(oauthStates).where(eq(oauthStates.provider, id));
    expect(JSON.stringify(states)).not.toMatch(/sbx[0-9a-f]{40}/);
    const sealed = await openDb(testEnv.DB).select().from(secrets);
    expect(sealed.length).toBeGreaterThan(0);
    expect(sealed.every((row) => /^a1\.1\.[\w-]+\.[\w-]+$/.test(row.sealed))).toBe(true);
  });
});
