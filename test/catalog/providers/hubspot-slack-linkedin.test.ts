import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, secrets, tenants } from "#db/schema/index.ts";
import type { Failure, OAuthProvider } from "#server/catalog/provider.ts";
import { hubspot } from "#server/catalog/providers/hubspot.ts";
import { linkedin } from "#server/catalog/providers/linkedin.ts";
import { slack } from "#server/catalog/providers/slack.ts";
import type { Tenant } from "#server/ctx.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { choices, comeBack, connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

/** What a provider makes of a reply of its API. */
const failure = (provider: OAuthProvider, status: number, body: unknown, headers: Record<string, string> = {}): Failure | null =>
  provider.failureOf({ status, headers: new Headers(headers), body });

/** What a provider makes of a reply of its token endpoint; undefined where it leaves it to RFC 6749. */
const tokenFailure = (provider: OAuthProvider, status: number, body: unknown): Failure["kind"] | undefined =>
  provider.oauth.tokenFailureOf?.({ status, headers: new Headers(), body })?.kind;

/** Another account than the usual one of these tests. */
const as = (provider: string, account: string) => ({ ...choices[provider], account, other: "", shop: undefined, otherShop: undefined });

async function only(tenant: Tenant) {
  const [row] = await listConnections(testTenantCtx(tenant));
  if (!row) throw new Error("not connected");
  return row;
}

async function probe(tenant: Tenant, provider: OAuthProvider, more: TestCtx = {}): Promise<void> {
  const ctx = testTenantCtx(tenant, "system", more);
  await provider.probe(openAccount(ctx, await holdConnection(ctx, (await only(tenant)).id)));
}

describe("HubSpot", () => {
  const refused = { status: "error", correlationId: "c-1", subCategory: null, errors: [] };

  test("says in its older, its dated and the standard form that a refresh token is dead", () => {
    const older = { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token", correlationId: "c-1" };
    const dated = { ...refused, category: "VALIDATION_ERROR", message: "missing or invalid refresh token" };
    const coded = { ...refused, category: "VALIDATION_ERROR", message: "", errors: [{ message: "unknown", code: "BAD_REFRESH_TOKEN" }] };
    for (const body of [older, dated, coded]) expect(tokenFailure(hubspot, 400, body)).toBe("revoked");
    expect(tokenFailure(hubspot, 400, { error: "invalid_grant" })).toBeUndefined();
  });

  test("says in words when it is our own client that is wrong, and what it does not know is no dead token", () => {
    const said = (message: string) => tokenFailure(hubspot, 400, { ...refused, category: "VALIDATION_ERROR", message });
    expect(said("missing or invalid client secret")).toBe("misconfigured");
    expect(said("missing or unknown client id")).toBe("misconfigured");
    expect(said("redirect_uri does not match the auth code")).toBe("misconfigured");
    expect(said("missing or unknown auth code")).toBe("revoked");
    expect(said("something else")).toBeUndefined();
    expect(tokenFailure(hubspot, 503, { ...refused, category: "INTERNAL_ERROR", message: "refresh token service" })).toBeUndefined();
    expect(tokenFailure(hubspot, 400, "<html>")).toBeUndefined();
  });

  test("tells a dead token, a missing scope, a forbidden object and a failure in a success apart", () => {
    expect(failure(hubspot, 401, { ...refused, category: "EXPIRED_AUTHENTICATION", message: "expired" })?.kind).toBe("revoked");
    expect(failure(hubspot, 401, { ...refused, category: "INVALID_AUTHENTICATION", message: "" })?.kind).toBe("revoked");
    const context = { requiredGranularScopes: ["tickets", "crm.objects.deals.read"] };
    const scopes = failure(hubspot, 403, { ...refused, category: "MISSING_SCOPES", errors: [{ message: "", context }] });
    expect(scopes).toMatchObject({ kind: "missing_scopes", scopes: ["tickets", "crm.objects.deals.read"] });
    expect(failure(hubspot, 403, { ...refused, category: "BANNED" })?.kind).toBe("rejected");
    expect(failure(hubspot, 200, { ...refused, category: "INTERNAL_ERROR" })?.kind).toBe("unavailable");
    expect(failure(hubspot, 200, { results: [{ id: "512", properties: { status: "error" } }] })).toBeNull();
    expect(failure(hubspot, 404, { ...refused, category: "OBJECT_NOT_FOUND" })?.kind).toBe("rejected");
    expect(failure(hubspot, 502, null)?.kind).toBe("unavailable");
  });

  test("names the wait of a limit by its policy, for it sends no Retry-After", () => {
    const waits = (body: object) => failure(hubspot, 429, { ...refused, category: "RATE_LIMITS", ...body })?.retryAfterS;
    expect(waits({ policyName: "TEN_SECONDLY_ROLLING" })).toBe(10);
    expect(waits({ policyName: "SECONDLY" })).toBe(1);
    expect(waits({ policyName: "DAILY" })).toBe(3600);
    expect(waits({ message: "You have reached your ten_secondly_rolling limit." })).toBe(10);
    expect(waits({ message: "You have reached your secondly limit." })).toBe(1);
    expect(waits({ policyName: "NEW_ONE" })).toBeUndefined();
    expect(failure(hubspot, 429, null)?.kind).toBe("rate_limited");
    expect(failure(hubspot, 423, null)).toMatchObject({ kind: "rate_limited", retryAfterS: 2 });
  });

  test("a portal is known by its number, and by the name, currency and timezone that it has there", async () => {
    const { browser, tenant } = await visit();
    const { toast } = await connectThrough(browser, { tenant: tenant.id, provider: "hubspot" });
    expect(toast?.message).toBe("beta.example (HubSpot) connected.");
    expect(await only(tenant)).toMatchObject({
      externalId: "8001002",
      name: "beta.example",
      details: { currency: "USD", timezone: "US/Eastern", email: "owner@beta.example" },
    });
  });

  test("a client can be made from a portal, once, with what the portal says of itself", async () => {
    const { actor } = await makeUser({ staff: true });
    const browser = testCtx({ actor, ip: "192.0.2.201" });
    // A portal of this run's own: another one would be a client already.
    const account = String(9_000_000_000 + (Date.now() % 1_000_000_000));
    for (const told of ["is now a client", ""]) {
      const { location } = await beginIntake(browser, { provider: "hubspot", shop: undefined });
      const body = new URLSearchParams({ decision: "allow", other: account });
      const answer = await fetch(location, { method: "POST", body, redirect: "manual" });
      const next = await comeBack(browser, "hubspot", new URL(answer.headers.get("location") ?? "about:blank"));
      expect(next.toast).toEqual({ kind: "success", message: expect.stringContaining(told) });
    }
    const db = openDb(testEnv.DB);
    const rows = await db
      .select()
      .from(tenants)
      .where(eq(tenants.name, `portal-${account}.example`));
    expect(rows).toMatchObject([
      { currency: "GBP", timezone: "Europe/London", contactEmail: `owner@portal-${account}.example`, vertical: "b2b" },
    ]);
  });

  test("a token is introspected with our own client in the body, never in the address", async () => {
    const seen: { url: string; body: unknown }[] = [];
    const { browser, tenant } = await visit(undefined, {
      outbound: (input, init) => {
        seen.push({ url: String(input), body: init?.body });
        return fetch(input, init);
      },
    });
    await connectThrough(browser, { tenant: tenant.id, provider: "hubspot" });
    expect(seen.map(({ url }) => url).join()).not.toMatch(/sbx|secret/);
    const asked = new URLSearchParams(String(seen.find(({ url }) => url.endsWith("/introspect"))?.body));
    expect([...asked.keys()].sort()).toEqual(["client_id", "client_secret", "token", "token_type_hint"]);
  });

  test("a portal connects although its plan lacks what was asked for, and what is missing is named", async () => {
    const { browser, tenant } = await visit();
    const free = { tenant: tenant.id, provider: "hubspot", choice: as("hubspot", "8001003"), sets: "crm,marketing" };
    expect((await connectThrough(browser, free)).toast).toEqual({
      kind: "info",
      message: expect.stringContaining("Forms, pages, workflows and analytics"),
    });
    const { scopesGranted } = await only(tenant);
    expect(scopesGranted).toContain("forms");
    expect(scopesGranted).not.toContain("automation");
  });

  test("a token reply that names no scopes is made up for by the introspection, not by what was asked for", async () => {
    await control({
      limits: false,
      faults: [{ provider: "hubspot", kind: "token", effect: { type: "omit", fields: ["scopes", "scope"] } }],
    });
    const { browser, tenant } = await visit();
    const free = { tenant: tenant.id, provider: "hubspot", choice: as("hubspot", "8001003"), sets: "crm,marketing" };
    expect((await connectThrough(browser, free)).toast?.message).toMatch(/are missing: Forms, pages, workflows and analytics/);
    const { scopesGranted } = await only(tenant);
    expect(scopesGranted).toEqual(expect.arrayContaining(["crm.objects.contacts.read", "forms"]));
    for (const paid of ["automation", "content", "analytics.read"]) expect(scopesGranted).not.toContain(paid);
  });
});

describe("Slack", () => {
  test("says with status 200 what is wrong", () => {
    const kinds = (words: string[]) => [...new Set(words.map((error) => failure(slack, 200, { ok: false, error })?.kind))];
    expect(kinds(["invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed"])).toEqual(["revoked"]);
    expect(kinds(["internal_error", "fatal_error", "service_unavailable"])).toEqual(["unavailable"]);
    expect(kinds(["channel_not_found", "not_in_channel", "is_archived", "msg_too_long"])).toEqual(["rejected"]);
    expect(
      failure(slack, 200, { ok: false, error: "missing_scope", needed: "groups:read,im:write", provided: "chat:write" }),
    ).toMatchObject({
      kind: "missing_scopes",
      scopes: ["groups:read", "im:write"],
    });
    expect(failure(slack, 200, { ok: true })).toBeNull();
    expect(failure(slack, 200, { ok: false })?.kind).toBe("rejected");
  });

  test("limits with a status and a wait, and in words in the middle of a method", () => {
    const limited = failure(slack, 429, { ok: false, error: "ratelimited" }, { "retry-after": "30" });
    expect(limited).toMatchObject({ kind: "rate_limited", retryAfterS: 30 });
    expect(failure(slack, 200, { ok: false, error: "rate_limited" })?.kind).toBe("rate_limited");
    expect(failure(slack, 503, { ok: false, error: "unheard_of" })?.kind).toBe("unavailable");
    expect(failure(slack, 500, null)?.kind).toBe("unavailable");
  });

  test("refuses codes, refresh tokens and our own client at the token endpoint, with status 200", () => {
    const said = (error: string) => tokenFailure(slack, 200, { ok: false, error });
    for (const error of ["invalid_code", "code_already_used", "invalid_refresh_token"]) expect(said(error)).toBe("revoked");
    for (const error of ["invalid_client_id", "bad_client_secret", "bad_redirect_uri"]) expect(said(error)).toBe("misconfigured");
    expect(said("internal_error")).toBe("unavailable");
    expect(said("unheard_of")).toBe("rejected");
    expect(tokenFailure(slack, 200, { ok: true })).toBeUndefined();
  });

  test("a token without rotation has no end; one with it has, even where the reply forgets to say so", () => {
    const { readGrant } = slack.oauth;
    const bot = { ok: true, access_token: "xoxb-1", token_type: "bot", scope: "chat:write,channels:read" };
    expect(readGrant(bot)).toMatchObject({ expiresInS: null, refreshToken: undefined, scopes: ["chat:write", "channels:read"] });
    const rotating = { ...bot, access_token: "xoxe.xoxb-1", refresh_token: "xoxe-1-1", expires_in: 43_200 };
    expect(readGrant(rotating)).toMatchObject({ expiresInS: 43_200, refreshToken: "xoxe-1-1" });
    expect(readGrant({ ...rotating, expires_in: undefined })).toMatchObject({ expiresInS: 43_200 });
  });

  test("a workspace is known by its own id, an organisation that installed for all of them by the organisation's", async () => {
    for (const [account, name] of [
      ["T0ACMEGIFTS", "Acme Gifts"],
      ["E0HOLDING", "Epsilon Holding (organisation)"],
    ] as const) {
      const { browser, tenant } = await visit();
      await connectThrough(browser, { tenant: tenant.id, provider: "slack", choice: as("slack", account) });
      expect(await only(tenant)).toMatchObject({ externalId: account, name });
    }
  });
});

describe("LinkedIn", () => {
  test("says by its own codes that a token is dead, a permission missing, a limit reached or our version at its end", () => {
    const said = (status: number, serviceErrorCode: number, code: string) =>
      failure(linkedin, status, { status, serviceErrorCode, code, message: "m" });
    expect(said(401, 65_601, "REVOKED_ACCESS_TOKEN")).toMatchObject({ kind: "revoked", message: "65601 REVOKED_ACCESS_TOKEN m" });
    expect(said(401, 65_602, "EXPIRED_ACCESS_TOKEN")?.kind).toBe("revoked");
    expect(said(401, 65_600, "INVALID_ACCESS_TOKEN")?.kind).toBe("revoked");
    expect(said(403, 100, "ACCESS_DENIED")?.kind).toBe("missing_scopes");
    expect(said(429, 101, "TOO_MANY_REQUESTS")).toEqual({ kind: "rate_limited", message: "101 TOO_MANY_REQUESTS m" });
    expect(said(426, 0, "NONEXISTENT_VERSION")?.kind).toBe("misconfigured");
    expect(failure(linkedin, 426, null)?.kind).toBe("misconfigured");
    expect(failure(linkedin, 200, { status: 500, message: "m" })?.kind).toBe("unavailable");
    expect(failure(linkedin, 200, { sub: "abc", status: 200 })).toBeNull();
  });

  test("a dead refresh token is an invalid_grant or an invalid_request, but not every invalid_request is one", () => {
    const said = (error_description: string, status = 400) =>
      tokenFailure(linkedin, status, { error: "invalid_request", error_description });
    expect(said("The provided authorization grant or refresh token is invalid, expired or revoked.")).toBe("revoked");
    expect(said("The token used in the request has been revoked")).toBe("revoked");
    expect(said('A required parameter "client_id" is missing')).toBe("misconfigured");
    expect(said("", 503)).toBeUndefined();
    expect(tokenFailure(linkedin, 400, { error: "invalid_grant" })).toBeUndefined();
  });

  test("scopes come back with commas or spaces", () => {
    const scopes = (scope: string) => linkedin.oauth.readGrant({ access_token: "AQX1", expires_in: 5_183_999, scope }).scopes;
    expect(scopes("email,openid,profile")).toEqual(["email", "openid", "profile"]);
    expect(scopes("email openid, profile")).toEqual(["email", "openid", "profile"]);
  });

  test("each request names the version of the API, which has an announced end", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "linkedin" });
    const sent: unknown[] = [];
    await probe(tenant, linkedin, {
      outbound: (input, init) => {
        sent.push(new Headers(init?.headers).get("linkedin-version"));
        return fetch(input, init);
      },
    });
    expect(sent).toEqual(["202607"]);
    expect(linkedin.versions).toEqual([{ name: "202607", endsOn: "2027-07-15" }]);
  });

  test("a person is known by their `sub`, with name, address and language", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "linkedin" });
    expect(await only(tenant)).toMatchObject({
      externalId: "betaOwn002",
      name: "Owner Beta",
      details: { contact: "Owner Beta", email: "owner@beta.example", locale: "en-GB" },
    });
  });

  test("a refresh token's year begins with the consent, and the calendar says when it is over", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "linkedin" });
    const year = Date.now() + 365 * 86_400_000;
    const { refreshExpiresAt } = await only(tenant);
    expect(refreshExpiresAt).toBeGreaterThan(year - 60_000);
    expect(refreshExpiresAt).toBeLessThanOrEqual(year);
    expect(linkedin.oauth.lives).toEqual({ consentS: 31_536_000 });
    // A new consent that brings no refresh token leaves the one that is there, with its own end.
    await control({ faults: [{ provider: "linkedin", kind: "token", effect: { type: "omit", fields: ["refresh_token"] } }] });
    await connectThrough(browser, { tenant: tenant.id, provider: "linkedin" });
    expect((await only(tenant)).refreshExpiresAt).toBe(refreshExpiresAt);
    // But not one that has ended: then there is none any more, and the access ends with its token.
    const db = openDb(testEnv.DB);
    const { id } = await only(tenant);
    await db
      .update(connections)
      .set({ refreshExpiresAt: Date.now() - 1 })
      .where(eq(connections.id, id));
    await connectThrough(browser, { tenant: tenant.id, provider: "linkedin" });
    expect(await only(tenant)).toMatchObject({ refreshExpiresAt: null, cliffKind: "access" });
    const held = await db.select({ field: secrets.field }).from(secrets).where(eq(secrets.connectionId, id));
    expect(held).toEqual([{ field: "access_token" }]);
  });
});
