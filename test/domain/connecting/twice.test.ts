import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, debts, oauthStates } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { completeOAuth } from "#server/domain/connecting/complete-oauth.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { claimDebts } from "#server/domain/tokens/claim-debts.ts";
import { hashToken } from "#server/domain/vault/sign-in-tokens.ts";
import { ask } from "#test/ask.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import { arrive, asksForTokens, begin, comeBack, control, counted, decide, hurry, visit } from "./consent.ts";

const db = openDb(testEnv.DB);
const account = "BetaB2";

beforeEach(() => control({ limits: false }));
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
});

const connectionsOf = (tenant: Tenant) => listConnections(testTenantCtx(tenant));
const exchanges = async () =>
  (await counted()).calls.filter(({ path }) => asksForTokens("klaviyo", path)).reduce((sum, { count }) => sum + count, 0);

async function onTheWayBack() {
  const visitor = await visit();
  const { location } = await begin(visitor.browser, { provider: "klaviyo", tenant: visitor.tenant.id });
  const callback = await decide(location, { account });
  const stateHash = hashToken(callback.searchParams.get("state") ?? "");
  return { ...visitor, callback, stateHash };
}

describe("a callback that arrives twice", () => {
  test("is told how the first one ended, a denial too, and exchanges nothing", async () => {
    const { browser, tenant, callback } = await onTheWayBack();
    const first = await comeBack(browser, "klaviyo", callback);
    expect(first.toast?.kind).toBe("success");
    expect(await comeBack(browser, "klaviyo", callback)).toEqual(first);
    expect([await exchanges(), (await connectionsOf(tenant)).length]).toEqual([1, 1]);

    const { location } = await begin(browser, { provider: "klaviyo", tenant: tenant.id });
    const denied = await decide(location, { decision: "deny" });
    const told = await comeBack(browser, "klaviyo", denied);
    expect(told.toast?.message).toMatch(/access was denied/);
    expect(await comeBack(browser, "klaviyo", denied)).toEqual(told);
  });

  test("waits for one that is still at work, and is told the same", async () => {
    const { browser, callback } = await onTheWayBack();
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "token", count: 1, effect: { type: "slow", ms: 1200 } }] });
    const first = comeBack(browser, "klaviyo", callback);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await comeBack(browser, "klaviyo", callback)).toEqual(await first);
    expect((await first).toast?.kind).toBe("success");
  });

  test("does not wait for ever: it says that the first one is at work, and later that it was interrupted", async () => {
    const { browser, tenant, callback, stateHash } = await onTheWayBack();
    await db.update(oauthStates).set({ takenBy: "another", takenAt: Date.now() }).where(eq(oauthStates.stateHash, stateHash));
    hurry();
    const next = await comeBack(browser, "klaviyo", callback);
    expect(next).toMatchObject({
      location: `/t/${tenant.id}/integrations`,
      toast: { kind: "info", message: expect.stringMatching(/still connecting/) },
    });
    const later = { ...browser, now: () => Date.now() + 61_000 };
    expect((await comeBack(later, "klaviyo", callback)).toast).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/interrupted/),
    });
    expect(await exchanges()).toBe(0);
  });

  test("in another browser, session or person learns nothing, and keeps nobody from the end", async () => {
    const { browser, tenant, actor, callback } = await onTheWayBack();
    const first = await comeBack(browser, "klaviyo", callback);
    const { actor: stranger } = await makeUser({ roles: [[tenant, "owner"]] });
    for (const other of [
      testCtx({ actor, ip: "198.51.100.2" }),
      { ...browser, actor: stranger },
      { ...browser, actor: { ...actor, sessionId: "ses_other" } },
    ]) {
      const told = (await comeBack(other, "klaviyo", callback)).toast?.message ?? "";
      expect(told).toMatch(/another browser or session/);
    }
    expect(await comeBack(browser, "klaviyo", callback)).toEqual(first);
  });

  test("some minutes later finds the end no more", async () => {
    const { browser, callback } = await onTheWayBack();
    await comeBack(browser, "klaviyo", callback);
    const later = { ...browser, now: () => Date.now() + 11 * 60_000 };
    expect((await comeBack(later, "klaviyo", callback)).toast?.message).toMatch(/expired or was already used/);
  });

  test("too often waits for its turn, and the state is not used up by that", async () => {
    const { browser, tenant, callback } = await onTheWayBack();
    const crowd = { ...browser, request: { ...browser.request, ip: "192.0.2.77" } };
    for (let n = 0; n < 120; n++) await comeBack(crowd, "klaviyo", new URL("http://x/?state=none"));
    expect((await comeBack(crowd, "klaviyo", callback)).toast?.message).toMatch(/Too many attempts/);
    expect((await comeBack(browser, "klaviyo", callback)).toast?.kind).toBe("success");
    expect(await connectionsOf(tenant)).toHaveLength(1);
  });
});

describe("a database that fails in passing", () => {
  test.each([1, 2, 3])("at batch %i of a callback loses no consent", async (which) => {
    const { browser, tenant, callback } = await onTheWayBack();
    let batches = 0;
    const away = interruptedD1(testEnv.DB, (call) => {
      if (call.is !== "batch") return undefined;
      batches += 1;
      if (batches === which) throw new Error("D1_ERROR: Network connection lost.");
      return undefined;
    });
    const ctx = { ...browser, directory: openDb(away), databases: { DB: away } };
    const end = await arrive(ctx, "klaviyo", callback);
    expect(end.toast?.kind).toBe("success");
    expect([await exchanges(), (await connectionsOf(tenant)).length]).toEqual([1, 1]);
  });

  test("that lost the answer to the first step has not made this arrival the second one", async () => {
    const { browser, callback } = await onTheWayBack();
    let isLost = false;
    const losing = new Proxy(testEnv.DB, {
      get(target, key) {
        if (key === "batch")
          return async (statements: D1PreparedStatement[]) => {
            const results = await target.batch(statements);
            if (isLost) return results;
            isLost = true;
            throw new Error("D1_ERROR: Network connection lost.");
          };
        const found: unknown = Reflect.get(target, key);
        return typeof found === "function" ? found.bind(target) : found;
      },
    });
    const end = await arrive({ ...browser, directory: openDb(losing) }, "klaviyo", callback);
    expect([isLost, end.toast?.kind]).toEqual([true, "success"]);
  });
});

describe("a grant that came and was not kept", () => {
  const owed = (tenantId: string) => db.select().from(debts).where(eq(debts.tenantId, tenantId));
  const grantsOf = async () => Object.values((await counted()).calls).filter(({ path }) => path.endsWith("/oauth/revoke"));
  const tick = async (now: () => number) => {
    const ctx = testCtx({ actor: { type: "system", job: "cron" }, now });
    await claimDebts(ctx);
    for (const message of ctx.traces.tokens) await workToken(ctx, message);
  };

  test("since the worker was killed, left a trace before its provider said whose it is, and the cron gives it back", async () => {
    // The account of other tests would keep the grant alive.
    await db.update(connections).set({ status: "disconnected" }).where(eq(connections.externalId, account));
    const { browser, tenant, callback } = await onTheWayBack();
    let isKilled = false;
    const dying = interruptedD1(testEnv.DB, () => {
      if (isKilled) throw new Error("killed");
      return undefined;
    });
    const outbound: typeof fetch = async (input, init) => {
      if (new URL(String(input)).pathname.endsWith("/api/accounts")) {
        await vi.waitFor(async () => expect(await owed(tenant.id)).toHaveLength(1));
        isKilled = true;
      }
      if (isKilled) throw new Error("killed");
      return fetch(input, init);
    };
    const doomed = { ...browser, fetch: outbound, directory: openDb(dying), databases: { DB: dying } };
    await completeOAuth(doomed, { provider: "klaviyo", parameters: callback.searchParams });
    expect(await connectionsOf(tenant)).toEqual([]);
    expect(await owed(tenant.id)).toMatchObject([{ reason: "not_kept", externalId: null, farewell: null }]);
    expect(JSON.stringify(await owed(tenant.id))).not.toMatch(/sbx[0-9a-f]{40}/);
    await tick(() => Date.now() + 4 * 60_000);
    expect(await grantsOf()).toEqual([]);
    await tick(() => Date.now() + 6 * 60_000);
    expect(await owed(tenant.id)).toMatchObject([{ farewell: "returned", accessSealed: null, refreshSealed: null, externalId: account }]);
  });

  test("since too little was allowed, is given back at once; one that became a connection is owed no more", async () => {
    await db.update(connections).set({ status: "disconnected" }).where(eq(connections.externalId, account));
    const { browser, tenant, callback } = await onTheWayBack();
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "token", effect: { type: "omit", fields: ["scope"] } }] });
    expect((await comeBack(browser, "klaviyo", callback)).toast?.message).toMatch(/didn’t tell us/);
    expect(await owed(tenant.id)).toMatchObject([{ farewell: "returned" }]);
    await control();
    const { location } = await begin(browser, { provider: "klaviyo", tenant: tenant.id });
    expect((await comeBack(browser, "klaviyo", await decide(location, { account }))).toast?.kind).toBe("success");
    expect((await owed(tenant.id)).filter(({ farewell }) => farewell === null)).toEqual([]);
  });

  test("of an account that is connected already leaves that connection as it is", async () => {
    const { browser, tenant, callback } = await onTheWayBack();
    await comeBack(browser, "klaviyo", callback);
    const [row] = await connectionsOf(tenant);
    const { location } = await begin(browser, { provider: "klaviyo", tenant: tenant.id, connection: row?.id });
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "token", effect: { type: "omit", fields: ["scope"] } }] });
    await comeBack(browser, "klaviyo", await decide(location, { account }));
    expect((await owed(tenant.id)).map(({ farewell }) => farewell)).toEqual(["by_hand"]);
    expect((await connectionsOf(tenant))[0]).toMatchObject({ status: "active", version: 1 });
  });
});

describe("over HTTP", () => {
  async function callbackOf() {
    const { tenant, token } = await visit();
    const session = `${sessionCookie}=${token}`;
    const out = await ask(`/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`, { headers: { cookie: session } });
    const mark = /(__Host-atrium_oauth=[^;]+)/.exec(out.headers.getSetCookie().join("\n"))?.[1];
    const back = await decide(out.headers.get("location") ?? "", { account });
    return { tenant, path: `${back.pathname}${back.search}`, cookie: `${session}; ${mark}` };
  }
  const told = (response: Response): string => {
    const flash = /__Host-atrium_flash=([^;]*)/.exec(response.headers.getSetCookie().join("\n"))?.[1] ?? "";
    return new TextDecoder().decode(Uint8Array.from(atob(flash.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0)));
  };

  test.each([
    ["Chrome", { "sec-purpose": "prefetch" }],
    ["Chrome, rendering ahead", { "sec-purpose": "prefetch;prerender" }],
    ["older ones", { purpose: "prefetch" }],
    ["Safari", { "x-purpose": "preview" }],
    ["Firefox", { "x-moz": "prefetch" }],
  ])("what is fetched ahead by %s does nothing and is kept nowhere, and the person who comes connects", async (_title, ahead) => {
    const { tenant, path, cookie } = await callbackOf();
    for (const address of [path, `/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`, "/api/integrations/klaviyo/oauth/start"]) {
      const early = await ask(address, { headers: { cookie, ...ahead } });
      expect([early.status, early.headers.get("cache-control"), early.headers.get("location")]).toEqual([503, "no-store", null]);
      expect(early.headers.getSetCookie()).toEqual([]);
    }
    expect(await connectionsOf(tenant)).toEqual([]);
    expect(told(await ask(path, { headers: { cookie } }))).toContain(" connected.");
  });

  test("something that nobody foresaw ends on a page of ours with a clean address, and the log says what it was", async () => {
    const { tenant, path, cookie } = await callbackOf();
    vi.spyOn(findOAuthProvider("klaviyo").oauth, "identify").mockRejectedValue(new TypeError("nobody foresaw this"));
    const lines = vi.spyOn(console, "log");
    const shown = await ask(path, { headers: { cookie } });
    expect([shown.status, shown.headers.get("location")]).toEqual([303, `/t/${tenant.id}/integrations`]);
    expect(told(shown)).toContain(`on our side while connecting Klaviyo`);
    expect(told(shown)).toContain(shown.headers.get("x-request-id"));
    const logged = lines.mock.calls.flat().join("\n");
    expect(logged).toContain("a consent failed");
    expect(logged).not.toContain(new URLSearchParams(path.split("?")[1]).get("code"));
    // A second arrival is told the same.
    expect(told(await ask(path, { headers: { cookie } }))).toContain(`on our side while connecting Klaviyo`);
  });

  test("what cannot be begun is told by a page and not by JSON; an API's address answers JSON", async () => {
    const { token } = await visit();
    const headers = { cookie: `${sessionCookie}=${token}` };
    for (const path of [
      "/api/auth/oauth/nothing/authorize",
      "/api/auth/oauth/nothing/callback?code=x&state=y",
      "/api/auth/oauth/klaviyo/authorize?tenant=nobody",
      "/api/integrations/klaviyo/oauth/start?tenant=nobody",
    ]) {
      const response = await ask(path, { headers });
      expect([response.status >= 400, response.headers.get("content-type")], path).toEqual([true, expect.stringContaining("text/html")]);
    }
    expect((await ask("/api/clients/nobody", { headers })).headers.get("content-type")).toContain("application/json");
  });
});
