import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { metaAgency } from "#sandbox/meta/holdings.ts";
import { permissionsOfOld, permissionsReference } from "#sandbox/meta/permissions.ts";
import { tiktokAgency } from "#sandbox/tiktok/answer.ts";
import type { Failure, OAuthProvider, Provider } from "#server/catalog/provider.ts";
import { google } from "#server/catalog/providers/google.ts";
import { appSecretProof, meta } from "#server/catalog/providers/meta.ts";
import { metaPermissions } from "#server/catalog/providers/meta-scopes.ts";
import { tiktok } from "#server/catalog/providers/tiktok.ts";
import type { Tenant } from "#server/ctx.ts";
import { listResources } from "#server/domain/connecting/keep-resources.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { begin, type Choice, choices, comeBack, connectThrough, control, decide, visit } from "#test/domain/connecting/consent.ts";
import { type TestCtx, testTenantCtx } from "#test/harness.ts";

// What waits for a provider's hiccup to pass waits in earnest elsewhere.
vi.mock("#server/domain/wire/pause.ts", () => ({
  pause: (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
}));

const day = 86_400_000;

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const as = (account: string): Choice => ({ account, other: account, shop: undefined, otherShop: undefined });

/** The tenant's one connection, as it is now. */
async function held(tenant: Tenant, more: TestCtx = {}) {
  const ctx = testTenantCtx(tenant, "system", more);
  const [row, ...others] = await listConnections(ctx);
  if (!row || others.length > 0) throw new Error("expected one connection");
  return { ctx, row, connection: await holdConnection(ctx, row.id) };
}

async function accessToken(tenant: Tenant): Promise<string> {
  const { ctx, connection } = await held(tenant);
  return (await openField(ctx, connection, "access_token")) ?? "";
}

/** What the login opens, as it is listed when it is connected. */
async function opened(provider: OAuthProvider, tenant: Tenant, more: TestCtx = {}) {
  const { ctx, row, connection } = await held(tenant, more);
  return listResources(provider, openAccount(ctx, connection), row);
}

/** Outbound requests as they leave, answered by the test or by the sandbox. */
function spied(answer: (url: URL, sent: RequestInit | undefined) => Response | null = () => null) {
  const seen: { url: URL; headers: Headers; body: string }[] = [];
  const outbound: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    seen.push({ url, headers: new Headers(init?.headers), body: String(init?.body ?? "") });
    return answer(url, init) ?? fetch(input, init);
  };
  return { seen, outbound };
}

/** What the provider makes of a reply. */
const failure = ({ failureOf }: Provider, body: unknown, status = 400, headers: Record<string, string> = {}): Failure | null =>
  failureOf({ status, headers: new Headers(headers), body });

const error = (code: number, more: object = {}) => ({ error: { message: "words", type: "OAuthException", code, ...more } });

describe("Meta's errors", () => {
  test.each<[string, unknown, number, Failure["kind"] | null]>([
    ["a removed app", error(190, { error_subcode: 458 }), 400, "revoked"],
    ["a checkpoint", error(190, { error_subcode: 459 }), 400, "revoked"],
    ["a changed password", error(190, { error_subcode: 460 }), 400, "revoked"],
    ["a token that ended", error(190, { error_subcode: 463 }), 401, "revoked"],
    ["an unconfirmed person", error(190, { error_subcode: 464 }), 400, "revoked"],
    ["an invalid token", error(190, { error_subcode: 467 }), 400, "revoked"],
    ["a dead token in a reply of status 200", error(190), 200, "revoked"],
    ["a role on a page that was lost", error(190, { error_subcode: 492 }), 400, "missing_scopes"],
    ["an ended session", error(102), 400, "revoked"],
    ["a permission denied", error(10), 403, "missing_scopes"],
    ["a capability that is missing", error(3), 400, "missing_scopes"],
    ["the first permission code", error(200), 403, "missing_scopes"],
    ["the last permission code", error(299), 400, "missing_scopes"],
    ["a code beyond them", error(300), 400, "rejected"],
    ["something unknown that passes", error(1), 500, "unavailable"],
    ["a service that is down", error(2), 503, "unavailable"],
    ["a service that is down in a reply of status 200", error(2), 200, "unavailable"],
    ["a question that is too large", error(1, { message: "Please reduce the amount of data you're asking for" }), 500, "rejected"],
    ["what a policy blocks, in spite of the status", error(368), 403, "rejected"],
    ["what Meta calls passing", error(2601, { is_transient: true }), 400, "unavailable"],
    ["an app's limit", error(4), 400, "rate_limited"],
    ["a person's limit", error(17), 400, "rate_limited"],
    ["a page's limit", error(32), 403, "rate_limited"],
    ["an app's other limit", error(341), 400, "rate_limited"],
    ["a limit of one kind of call", error(613), 400, "rate_limited"],
    ["a limit of insights", error(80000), 400, "rate_limited"],
    ["a limit of managing ads", error(80004), 400, "rate_limited"],
    ["a wrong secret, whose code is that of a hiccup", error(1, { message: "Error validating client secret." }), 400, "misconfigured"],
    ["a wrong proof", error(100, { message: "Invalid appsecret_proof provided in the API argument" }), 400, "misconfigured"],
    ["an unknown app", error(101), 400, "misconfigured"],
    ["a parameter", error(100), 400, "rejected"],
    ["an unknown code", error(99_999), 500, "unavailable"],
    ["a proxy's page", null, 502, "unavailable"],
    ["a success", { data: [] }, 200, null],
  ])("%s", (_, body, status, kind) => {
    expect(failure(meta, body, status)?.kind ?? null).toBe(kind);
  });

  test("a limit says how long: in minutes, in seconds, or five minutes where nobody says", () => {
    const useCases = JSON.stringify({
      "1": [{ type: "ads_insights", estimated_time_to_regain_access: 3 }],
      "2": [{ type: "ads_management", estimated_time_to_regain_access: 7 }],
    });
    const wait = (headers: Record<string, string>) => failure(meta, error(80000), 400, headers)?.retryAfterS;
    expect(wait({ "x-business-use-case-usage": useCases, "x-ad-account-usage": '{"reset_time_duration":9}' })).toBe(420);
    expect(wait({ "x-ad-account-usage": '{"acc_id_util_pct":100,"reset_time_duration":90}' })).toBe(90);
    expect(wait({ "x-business-use-case-usage": "{broken" })).toBe(300);
  });

  test("a refusal names the permissions that Meta names", () => {
    const message = "(#200) Requires business_management or ads_read permission to manage the object_id.";
    expect(failure(meta, error(200, { message }), 403)?.scopes).toEqual(["ads_read", "business_management"]);
    expect(failure(meta, error(10), 403)?.scopes).toBeUndefined();
  });

  test("a code that is refused is dead, a redirect URI that is not the registered one is our own", () => {
    const refused = (message: string) =>
      meta.oauth.tokenFailureOf?.({ status: 400, headers: new Headers(), body: error(100, { message }) })?.kind;
    expect(refused("This authorization code has been used.")).toBe("revoked");
    expect(refused("Invalid verification code format.")).toBe("revoked");
    expect(refused("Error validating verification code. Please make sure your redirect_uri is identical")).toBe("misconfigured");
    expect(refused("Invalid parameter")).toBe("rejected");
    expect(meta.oauth.tokenFailureOf?.({ status: 200, headers: new Headers(), body: { access_token: "EAA" } })).toBeUndefined();
  });
});

describe("Meta's permissions", () => {
  test("are those of its reference, each once, and none of old", () => {
    expect([...metaPermissions].sort()).toEqual([...permissionsReference].sort());
    expect(new Set(metaPermissions).size).toBe(metaPermissions.length);
    for (const old of permissionsOfOld) expect(metaPermissions).not.toContain(old);
  });

  test("are grouped by feature into sets of permissions that exist", () => {
    const { scopeSets, identityScopes, permissions } = meta.oauth;
    expect(scopeSets.length).toBeGreaterThan(3);
    for (const scope of [...identityScopes, ...scopeSets.flatMap(({ scopes }) => scopes)]) expect(permissions).toContain(scope);
    expect(new Set(scopeSets.map(({ id }) => id)).size).toBe(scopeSets.length);
    for (const set of scopeSets) expect(new Set(set.scopes).size).toBe(set.scopes.length);
  });

  test("that were declined are not granted, and the next consent asks for them alone and keeps the others", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "meta", tenant: tenant.id });
    const pages = ["pages_show_list", "pages_read_engagement", "read_insights"];
    const next = await comeBack(
      browser,
      "meta",
      await decide(location, { account: metaAgency, scopes: ["ads_read", "business_management", ...pages.slice(0, 2)] }),
    );
    expect(next.toast).toEqual({ kind: "info", message: expect.stringContaining("Pages and their metrics") });
    const first = await held(tenant);
    expect(first.row.scopesAsked).toContain("read_insights");
    expect(first.row.scopesGranted).toEqual(expect.arrayContaining(["public_profile", "ads_read", "pages_show_list"]));
    expect(first.row.scopesGranted).not.toContain("read_insights");

    const again = await begin(browser, { provider: "meta", tenant: tenant.id, connection: first.row.id, only: "missing" });
    const url = new URL(again.location);
    expect(url.searchParams.get("scope")?.split(",")).toEqual(["public_profile", "read_insights"]);
    expect(url.searchParams.get("auth_type")).toBe("rerequest");
    await comeBack(browser, "meta", await decide(again.location, { account: metaAgency }));
    const second = await held(tenant);
    expect(second.row.id).toBe(first.row.id);
    expect(second.row.scopesGranted).toEqual(expect.arrayContaining(["ads_read", "business_management", ...pages]));
  });
});

describe("Meta's proof of the app secret", () => {
  test("is the HMAC of the token under the secret", () => {
    expect(appSecretProof("app-secret-123", "EAAtoken456")).toBe("89fb73c555174d0a5d68cda3f774a5c839ed601f8673323b63300338bbc641e3");
  });

  test("goes with every call, and the token in no address", async () => {
    const { seen, outbound } = spied();
    const { browser, tenant } = await visit(undefined, { outbound });
    await connectThrough(browser, { tenant: tenant.id, provider: "meta", choice: as(metaAgency) });
    const token = await accessToken(tenant);
    const calls = seen.filter(({ url }) => !url.pathname.endsWith("/oauth/access_token"));
    expect(calls.length).toBeGreaterThan(5);
    for (const { url, headers } of calls) {
      const sent = headers.get("authorization")?.replace("Bearer ", "") ?? "";
      expect(url.searchParams.get("appsecret_proof")).toBe(appSecretProof(browser.config.META_CLIENT_SECRET ?? "", sent));
    }
    expect(seen.map(({ url }) => url.href).join()).not.toMatch(/EAA|access_token=/);
    expect(calls.at(-1)?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  test("under a secret that is wrong is our own fault, and the connection stays", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "meta" });
    const { ctx, connection } = await held(tenant);
    for (const secret of ["wrong", undefined]) {
      ctx.config = { ...ctx.config, META_CLIENT_SECRET: secret };
      await expect(meta.probe(openAccount(ctx, connection))).rejects.toMatchObject({ kind: "misconfigured" });
    }
    expect((await held(tenant)).row.status).toBe("active");
  });
});

describe("Meta's two steps from a code to a long-lived token", () => {
  const secondStep = (effect: object, count = 1) =>
    control({ faults: [{ provider: "meta", kind: "token", grantType: "fb_exchange_token", count, effect }] });
  const connected = async () => {
    const { browser, tenant } = await visit();
    return { browser, tenant, next: await connectThrough(browser, { tenant: tenant.id, provider: "meta" }) };
  };
  const life = async (tenant: Tenant) => ((await held(tenant)).row.accessExpiresAt ?? 0) - Date.now();

  test("give one of sixty days", async () => {
    const { tenant } = await connected();
    expect(await life(tenant)).toBeGreaterThan(59 * day);
  });

  test("the second one is asked for once more where its reply is lost", async () => {
    await secondStep({ type: "reply_lost", how: "abort" });
    const { tenant, next } = await connected();
    expect(next.toast?.kind).toBe("success");
    expect(await life(tenant)).toBeGreaterThan(59 * day);
  });

  test("where nobody answers the second one, the short token is kept and renewed before it ends", async () => {
    await secondStep({ type: "error", status: 503 }, 2);
    const { tenant, next } = await connected();
    expect(next.toast?.kind).toBe("success");
    expect(await life(tenant)).toBeLessThan(2 * 3_600_000);
    expect((await held(tenant)).row.renewAt).toBeLessThan(Date.now() + 2 * 3_600_000);
    const { ctx, connection } = await held(tenant, { now: () => Date.now() + 5_400_000 - 30_000 });
    await meta.probe(openAccount(ctx, connection));
    expect(await life(tenant)).toBeGreaterThan(59 * day);
  });

  test("a token that ended is not sent again and again: a person is asked", async () => {
    const { tenant } = await connected();
    await fetch("http://sandbox.test/__sandbox/expire", {
      method: "POST",
      body: JSON.stringify({ provider: "meta", account: choices.meta?.account }),
    });
    const { ctx, connection } = await held(tenant);
    await expect(meta.probe(openAccount(ctx, connection))).rejects.toMatchObject({ kind: "revoked" });
    expect((await held(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "refresh_refused" });
  });
});

describe("what a Meta login opens", () => {
  test("hundreds of ad accounts, each once, with currency, time zone and business; no closed ones", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "meta", choice: as(metaAgency) });
    const { seen, outbound } = spied();
    const listed = await opened(meta, tenant, { outbound });
    const accounts = listed.get("ad_account") ?? [];
    expect(accounts).toHaveLength(312);
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(312);
    expect(accounts[0]).toEqual({
      kind: "ad_account",
      id: expect.stringMatching(/^act_\d+$/),
      name: "Client 001",
      parent: "Northlight Retail",
      currency: expect.stringMatching(/^[A-Z]{3}$/),
      timezone: expect.stringContaining("/"),
    });
    expect(seen.filter(({ url }) => url.pathname.endsWith("/me/adaccounts"))).toHaveLength(4);
    expect(listed.get("page")).toHaveLength(24);
    expect(listed.get("business")).toHaveLength(3);
    expect(listed.has("pixel")).toBe(false);
    expect(JSON.stringify([...listed])).not.toContain("EAA");
  });

  test("pixels where ads may be managed, each once however many accounts share it", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "meta", choice: as(metaAgency), sets: "figures,advertising" });
    expect((await opened(meta, tenant)).get("pixel")).toHaveLength(3);
  });

  test("a closed account is none to choose: one that is left is chosen by itself", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "meta" });
    const { row } = await held(tenant);
    expect(row.chosen.filter(({ kind }) => kind === "ad_account")).toEqual([expect.objectContaining({ name: "Shop" })]);
  });
});

describe("TikTok's errors", () => {
  test.each<[number, Failure["kind"] | null]>([
    [0, null],
    [20001, null],
    [40001, "missing_scopes"],
    [40002, "rejected"],
    [40016, "rate_limited"],
    [40100, "rate_limited"],
    [40132, "rate_limited"],
    [40133, "rate_limited"],
    [40101, "misconfigured"],
    [40113, "misconfigured"],
    [41000, "misconfigured"],
    [40102, "revoked"],
    [40104, "revoked"],
    [40105, "revoked"],
    [40106, "revoked"],
    [40110, "revoked"],
    [50000, "unavailable"],
    [50002, "unavailable"],
    [60001, "unavailable"],
    [40700, "rejected"],
  ])("code %i in a reply of status 200", (code, kind) => {
    const body = { code, message: "words", request_id: "1", data: {} };
    expect(failure(tiktok, body, 200)?.kind ?? null).toBe(kind);
    expect(tiktok.oauth.tokenFailureOf?.({ status: 200, headers: new Headers(), body })?.kind ?? null).toBe(kind);
  });

  test("a reply without a code is judged by its status", () => {
    expect(failure(tiktok, null, 502)?.kind).toBe("unavailable");
    expect(failure(tiktok, null, 404)?.kind).toBe("rejected");
    expect(failure(tiktok, { code: 0, message: "OK" }, 503)?.kind).toBe("unavailable");
  });
});

describe("a TikTok login", () => {
  test("opens all its advertisers by name, with currency and time zone; ids beyond 2^53 stay what they are", async () => {
    const { seen, outbound } = spied();
    const { browser, tenant } = await visit(undefined, { outbound });
    await connectThrough(browser, { tenant: tenant.id, provider: "tiktok", choice: as(tiktokAgency) });
    const found = (await opened(tiktok, tenant)).get("advertiser") ?? [];
    expect(found).toHaveLength(120);
    expect(found[119]).toEqual({
      kind: "advertiser",
      id: expect.stringMatching(/^7\d{15}119$/),
      name: "Client 120",
      currency: expect.any(String),
      timezone: expect.any(String),
    });
    expect(seen.filter(({ url }) => url.pathname.endsWith("/advertiser/info/"))).toHaveLength(2);
  });

  test("is asked at addresses that end in a slash, with its token in a header, and the app's secret where TikTok insists alone", async () => {
    const { seen, outbound } = spied();
    const { browser, tenant } = await visit(undefined, { outbound });
    await connectThrough(browser, { tenant: tenant.id, provider: "tiktok" });
    const token = await accessToken(tenant);
    expect(seen.filter(({ url }) => !url.pathname.endsWith("/"))).toEqual([]);
    const calls = seen.filter(({ url }) => !url.pathname.endsWith("/access_token/"));
    expect(calls.map(({ url }) => url.pathname)).toContainEqual(expect.stringMatching(/\/oauth2\/advertiser\/get\/$/));
    expect(calls.map(({ url }) => url.pathname)).toContainEqual(expect.not.stringMatching(/\/oauth2\//));
    for (const { url, headers } of calls) {
      expect([headers.get("access-token"), headers.get("authorization")]).toEqual([token, null]);
      expect(url.searchParams.has("secret")).toBe(url.pathname.endsWith("/oauth2/advertiser/get/"));
    }
    expect(JSON.parse(seen[0]?.body ?? "{}")).toEqual({
      app_id: browser.config.TIKTOK_CLIENT_ID,
      secret: browser.config.TIKTOK_CLIENT_SECRET,
      auth_code: expect.any(String),
    });
    expect(browser.traces.lines.join()).not.toContain(browser.config.TIKTOK_CLIENT_SECRET);
  });

  test("is the person who allowed it; where TikTok does not say who, its oldest advertiser, in whatever order they come", async () => {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "tiktok" });
    expect((await held(tenant)).row).toMatchObject({ externalId: choices.tiktok?.account, name: "Beta Marketing" });

    const ids = ["7100000000000000020", "7100000000000000003", "999999999999999999"];
    for (const list of [ids, ids.toReversed()]) {
      const { outbound } = spied((url) => {
        if (url.pathname.endsWith("/user/info/")) return Response.json({ code: 40001, message: "No permission" });
        if (!url.pathname.endsWith("/advertiser/get/")) return null;
        return Response.json({
          code: 0,
          message: "OK",
          data: { list: list.map((id) => ({ advertiser_id: id, advertiser_name: `A ${id}` })) },
        });
      });
      const other = await visit(undefined, { outbound });
      await connectThrough(other.browser, { tenant: other.tenant.id, provider: "tiktok" });
      expect((await held(other.tenant)).row).toMatchObject({
        externalId: "advertiser:999999999999999999",
        name: "A 999999999999999999",
        chosen: [],
      });
    }
  });

  test("whose advertisers' details are refused still shows their names", async () => {
    const { outbound } = spied((url) =>
      url.pathname.endsWith("/advertiser/info/") ? Response.json({ code: 40001, message: "No permission to operate advertiser" }) : null,
    );
    const { browser, tenant } = await visit(undefined, { outbound });
    await connectThrough(browser, { tenant: tenant.id, provider: "tiktok", choice: as(tiktokAgency) });
    const [first] = (await opened(tiktok, tenant, { outbound })).get("advertiser") ?? [];
    expect(first).toEqual({ kind: "advertiser", id: expect.any(String), name: "Client 001" });
  });

  test("has a token without an end, and the scopes that were granted", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "tiktok", tenant: tenant.id, sets: "figures,events" });
    expect([...new URL(location).searchParams.keys()]).not.toContain("scope");
    const next = await comeBack(
      browser,
      "tiktok",
      await decide(location, { account: choices.tiktok?.account ?? "", scopes: ["1", "4", "8"] }),
    );
    expect(next.toast).toEqual({ kind: "info", message: expect.stringContaining("Pixels and events") });
    expect((await held(tenant)).row).toMatchObject({ accessExpiresAt: null, renewAt: null, scopesGranted: ["1", "4", "8"] });
  });
});

const adsError = (code: number, status: string, errorCode: Record<string, string>, details: object = {}) => ({
  error: {
    code,
    status,
    message: "Request contains an invalid argument.",
    details: [
      {
        "@type": "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
        errors: [{ errorCode, message: "words", ...details }],
        requestId: "r",
      },
    ],
  },
});

describe("Google Ads' errors", () => {
  test.each<[string, number, Record<string, string>, Failure["kind"]]>([
    ["a revoked token", 401, { authenticationError: "OAUTH_TOKEN_REVOKED" }, "revoked"],
    ["an ended token", 401, { authenticationError: "OAUTH_TOKEN_EXPIRED" }, "revoked"],
    ["somebody who never used it, in spite of the status", 401, { authenticationError: "NOT_ADS_USER" }, "rejected"],
    ["a customer that is not there", 401, { authenticationError: "CUSTOMER_NOT_FOUND" }, "rejected"],
    ["a customer of somebody else", 403, { authorizationError: "USER_PERMISSION_DENIED" }, "rejected"],
    ["a customer that was closed", 403, { authorizationError: "CUSTOMER_NOT_ENABLED" }, "rejected"],
    ["our project that is not approved", 403, { authorizationError: "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION" }, "misconfigured"],
    ["the same in an older version's words", 403, { authorizationError: "DEVELOPER_TOKEN_NOT_APPROVED" }, "misconfigured"],
    ["our token that is wrong", 401, { authenticationError: "DEVELOPER_TOKEN_INVALID" }, "misconfigured"],
    ["our token that was locked out", 429, { quotaError: "ACCESS_PROHIBITED" }, "misconfigured"],
    ["a used up quota", 429, { quotaError: "RESOURCE_EXHAUSTED" }, "rate_limited"],
    ["a quota of the moment", 429, { quotaError: "RESOURCE_TEMPORARILY_EXHAUSTED" }, "rate_limited"],
    ["a wrong question", 400, { queryError: "UNRECOGNIZED_FIELD" }, "rejected"],
    ["trouble of its own", 500, { internalError: "INTERNAL_ERROR" }, "unavailable"],
  ])("%s", (_, code, errorCode, kind) => {
    const body = adsError(code, "STATUS", errorCode);
    expect(failure(google, body, code)?.kind).toBe(kind);
    expect(failure(google, [body], code)?.kind, "as a stream says it").toBe(kind);
  });

  test("a quota says how long", () => {
    const details = { details: { quotaErrorDetails: { rateScope: "ACCOUNT", rateName: "n", retryDelay: "900s" } } };
    expect(failure(google, adsError(429, "RESOURCE_EXHAUSTED", { quotaError: "RESOURCE_EXHAUSTED" }, details), 429)?.retryAfterS).toBe(900);
  });

  test("a missing scope is told as Google tells it", () => {
    const body = {
      error: { code: 403, status: "PERMISSION_DENIED", message: "m", details: [{ reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }] },
    };
    expect(failure(google, body, 403)?.kind).toBe("missing_scopes");
  });
});

describe("what a Google login with Ads opens", () => {
  const manager = as("owner@acme-gifts.example");
  const connected = async (choice: Choice, more: TestCtx = {}) => {
    const { browser, tenant } = await visit(undefined, more);
    const next = await connectThrough(browser, { tenant: tenant.id, provider: "google", choice, sets: "analytics,search-console,ads" });
    return { browser, tenant, next };
  };

  test("the customers below its managers, however deep, and its own; no managers and no closed ones", async () => {
    const { tenant } = await connected(manager);
    const listed = await opened(google, tenant);
    const customers = listed.get("ads_customer") ?? [];
    expect(customers).toHaveLength(63);
    expect(new Set(customers.map(({ id }) => id)).size).toBe(63);
    const direct = customers.filter(({ parent }) => parent === undefined);
    expect(direct).toEqual([
      { kind: "ads_customer", id: expect.any(String), name: "Brand 01", currency: "GBP", timezone: "Europe/London" },
    ]);
    expect(customers.find(({ name }) => name === "Brand 02")).toEqual({
      kind: "ads_customer",
      id: expect.stringMatching(/^\d{10}$/),
      name: "Brand 02",
      parent: expect.stringMatching(/^\d{10}$/),
      currency: "EUR",
      timezone: "Europe/Paris",
    });
    const parents = customers.filter(({ name }) => /^Br/.test(name)).flatMap(({ parent }) => parent ?? []);
    expect(new Set(parents).size, "all through the manager that this person reaches").toBe(1);
    expect(customers.filter(({ name }) => name.startsWith("Branch"))).toHaveLength(3);
    expect(listed.get("ga4_property")?.length).toBeGreaterThan(3);
    expect(listed.get("gsc_site")?.length).toBeGreaterThan(3);
  });

  test("no request names a developer token, which Google Ads knows no more, and its own name the manager that they go through", async () => {
    const { seen, outbound } = spied();
    await connected(manager, { outbound });
    expect(seen.some(({ url }) => url.pathname.startsWith("/google/googleads/v25/"))).toBe(true);
    for (const { url, headers } of seen) {
      expect(headers.has("developer-token")).toBe(false);
      expect(headers.has("login-customer-id")).toBe(url.pathname.includes("/googleAds:"));
    }
    const resource = { kind: "ads_customer", id: "2000000001", name: "Brand", parent: "123-456-7890" };
    const variable = () => "d";
    const { headers } = google.oauth.authorization({
      secrets: { access_token: "t" },
      fields: {},
      service: "googleads",
      resource,
      variable,
    });
    expect(headers).toEqual({ authorization: "Bearer t", "login-customer-id": "1234567890" });
  });

  test("with a Cloud project that is not approved, everything else, and what was chosen of Ads stays chosen", async () => {
    const { browser, tenant } = await connected(as("owner@beta.example"));
    const before = (await held(tenant)).row.chosen;
    expect(before.map(({ kind }) => kind).sort()).toEqual(["ads_customer", "ga4_property"]);
    const refusal = {
      "@type": "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
      errors: [{ errorCode: { authorizationError: "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION" }, message: "not approved" }],
    };
    const error = { code: 403, message: "The caller does not have permission", status: "PERMISSION_DENIED", details: [refusal] };
    const outbound: typeof fetch = async (input, init) =>
      String(input).includes("/googleads/") ? Response.json({ error }, { status: 403 }) : fetch(input, init);
    const choice = as("owner@beta.example");
    const next = await connectThrough(
      { ...browser, fetch: outbound },
      { tenant: tenant.id, provider: "google", choice, sets: "analytics,ads" },
    );
    expect(next.toast?.kind).toBe("success");
    const { row } = await held(tenant);
    expect(row.status).toBe("active");
    expect(row.chosen).toEqual(before);
  });

  test("nothing of Ads for somebody who never used it, and the connection is as good as before", async () => {
    const { tenant, next } = await connected(as("owner@gamma.example"));
    expect(next.toast?.kind).toBe("success");
    expect((await opened(google, tenant)).get("ads_customer")).toEqual([]);
    expect((await held(tenant)).row.status).toBe("active");
  });

  test("Gmail asks for sending alone, and versions have an end that can be read", () => {
    expect(google.oauth.scopeSets.find(({ id }) => id === "gmail")?.scopes).toEqual(["https://www.googleapis.com/auth/gmail.send"]);
    expect(google.versions ?? []).not.toEqual([]);
    for (const { endsOn } of google.versions ?? []) expect(new Date(endsOn).toISOString().slice(0, 10)).toBe(endsOn);
  });
});
