import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { openDb } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { askOnce, type FailedCall, nameOfPath } from "#server/domain/wire/failed-call.ts";
import { asJson } from "#server/domain/wire/take-reply.ts";
import { connectThrough, control, hurry, visit } from "#test/domain/connecting/consent.ts";
import { testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
beforeEach(() => control({ limits: false }));
afterEach(() => control());

describe("the name of a call", () => {
  test.each([
    ["/admin/api/2026-10/graphql.json", "/admin/api/2026-10/graphql.json"],
    ["/v25/customers/1234567890/googleAds:searchStream", "/v25/customers/1234567890/googleAds:searchStream"],
    ["/v25/customers/1:generateKeywordForecastMetricsForCampaign", "/v25/customers/1:generateKeywordForecastMetricsForCampaign"],
    ["/api/profile-subscription-bulk-create-jobs", "/api/profile-subscription-bulk-create-jobs"],
    ["/v26.0/act_10210000000000102/insights", "/v26.0/act_10210000000000102/insights"],
    ["/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json", "/2010-04-01/Accounts/[long]/Messages.json"],
  ])("keeps version and resource of %s", (path, name) => {
    expect(nameOfPath(path)).toBe(name);
  });

  test.each([
    "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8",
    "shpat_0123456789abcdef0123456789abcdef",
    "abcdefabcdefabcdefabcdefabcdefabcdef",
    "EAABwzLixnjYBAKsZCqQZBfGhTyUiOpLkJhG",
    "ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  ])("holds no key (%s)", (key) => {
    expect(nameOfPath(`/v1/keys/${key}/orders.json`)).toBe("/v1/keys/[long]/orders.json");
  });

  test("of a path that is too long keeps its beginning and its end", () => {
    const name = nameOfPath(`/v1/${"part/".repeat(100)}orders.json`);
    expect(name).toHaveLength(200);
    expect(name).toMatch(/^\/v1\/part\/.*….*\/part\/orders\.json$/);
  });
});

test("a day's limit lasts until the account's own midnight, and an hour where its time zone is not known", async () => {
  const now = Date.UTC(2026, 10, 30, 22, 30);
  const limited = { status: "error", category: "RATE_LIMITS", message: "You have reached your daily limit.", policyName: "DAILY" };
  const ctx = testCtx({ now: () => now, outbound: async () => Response.json(limited, { status: 429 }) });
  const access = { provider: findProvider("hubspot"), kind: "oauth", shop: null, secrets: { access_token: "t" }, fields: {} } as const;
  const waitOf = async (timezone?: string) => {
    const call = callApi(ctx, { ...access, ...(timezone !== undefined && { timezone }) }, { path: "/crm/v3/owners" }, asJson(z.unknown()));
    return (await call.catch((error: { retryAfterS?: number }) => error)) as { retryAfterS?: number };
  };
  expect(await waitOf("Europe/London")).toMatchObject({ kind: "rate_limited", retryAfterS: 1.5 * 3600 });
  expect(await waitOf("Pacific/Auckland")).toMatchObject({ retryAfterS: 12.5 * 3600 });
  expect(await waitOf()).toMatchObject({ retryAfterS: 3600 });
});

describe("a call that failed", () => {
  const klaviyo = findProvider("klaviyo");
  /** What is written down of a call that is answered like this, and how often it was sent. */
  async function failing(answer: () => Response) {
    hurry();
    const calls: FailedCall[] = [];
    const ctx = testCtx({ outbound: async () => answer() });
    const access = { provider: klaviyo, kind: "oauth", shop: null, secrets: { access_token: "t" }, fields: {} } as const;
    const onFailed = (call: FailedCall) => void calls.push(call);
    const failure = await callApi(ctx, { ...access, onFailed }, { path: "/api/lists" }, asJson(z.unknown())).catch(
      (error: unknown) => error,
    );
    return { failure, calls: calls.map(({ status, providerRequest, again }) => ({ status, providerRequest, again })) };
  }
  const headers = { location: "https://evil.example/", "x-request-id": "abc" };

  test.each([301, 302, 307])("for a redirect (%i) has its status and the provider's id of it", async (status) => {
    const { failure, calls } = await failing(() => new Response(null, { status, headers }));
    expect(failure).toMatchObject({ kind: "unavailable", message: `redirect refused (status ${status})` });
    const named = { status, providerRequest: "abc" };
    expect(calls).toEqual([
      { ...named, again: true },
      { ...named, again: false },
    ]);
  });

  test("for a reply without an end has them too, and for none has neither", async () => {
    const tooLong = await failing(() => new Response(new Uint8Array(17 * 1024 * 1024), { headers }));
    expect(tooLong.calls[0]).toMatchObject({ status: 200, providerRequest: "abc" });
    const silent = await failing(() => {
      throw new TypeError("network");
    });
    expect(silent.calls[0]).toMatchObject({ status: null, providerRequest: null });
  });

  test("for tokens has them as well", async () => {
    const calls: FailedCall[] = [];
    const ctx = testCtx({ outbound: async () => new Response(null, { status: 302, headers }) });
    const asked = askOnce(ctx, klaviyo, {
      url: new URL("https://a.klaviyo.com/oauth/token"),
      request: { method: "POST", headers: {} },
      failureOf: () => null,
      read: (reply) => reply,
      onFailed: (call) => calls.push(call),
    });
    await expect(asked).rejects.toMatchObject({ kind: "unavailable" });
    expect(calls).toMatchObject([{ status: 302, providerRequest: "abc", kind: "unavailable" }]);
  });
});

describe("a renewal that a run's call needs", () => {
  async function renewing(fault: object, more: { more?: Record<string, unknown> } = {}) {
    hurry();
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const ctx = testTenantCtx(tenant, "system");
    const [row] = await listConnections(ctx);
    if (!row) throw new Error("not connected");
    await db
      .update(connections)
      .set({ accessExpiresAt: Date.now() + 1000 })
      .where(eq(connections.id, row.id));
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "token", effect: fault, ...more.more }] });
    const calls: FailedCall[] = [];
    const account = openAccount(ctx, await holdConnection(ctx, row.id), { onFailed: (call) => calls.push(call) });
    const outcome = await findProvider("klaviyo")
      .probe(account)
      .then(
        () => "ok",
        (error: Error) => error.name,
      );
    return { calls, outcome };
  }
  const named = { provider: "klaviyo", method: "POST", path: expect.stringMatching(/\/oauth\/token$/), ms: expect.any(Number) };

  test("names the request that failed, with its status", async () => {
    const { calls, outcome } = await renewing({ type: "error", status: 500 });
    expect(outcome).toBe("ProviderError");
    expect(calls).toEqual([{ ...named, status: 500, kind: "unavailable", providerRequest: null, again: false }]);
  });

  test("names one that was refused, each time that it was sent, and the secret in none", async () => {
    const { calls, outcome } = await renewing({ type: "error", status: 400 });
    expect(outcome).toBe("ProviderError");
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.every(({ status, path }) => status === 400 && path.endsWith("/oauth/token"))).toBe(true);
    expect(JSON.stringify(calls)).not.toMatch(/refresh_token|client_secret/);
  });

  test("says nothing where it went well", async () => {
    const { calls, outcome } = await renewing({ type: "error", status: 500 }, { more: { account: "nobody" } });
    expect({ calls, outcome }).toEqual({ calls: [], outcome: "ok" });
  });
});
