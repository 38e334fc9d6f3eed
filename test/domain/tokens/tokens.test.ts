import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { openDb } from "#db/client.ts";
import { auditLog, connections, renewals, schedules, secrets } from "#db/schema/index.ts";
import { findOAuthProvider as findProvider, oauthProviders as providers, providers as shelf } from "#server/catalog/providers/registry.ts";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { listCredentials } from "#server/domain/connections/list-credentials.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { giveBack } from "#server/domain/tokens/give-back.ts";
import { listDueRenewals } from "#server/domain/tokens/list-due-renewals.ts";
import { needReconnect } from "#server/domain/tokens/need-reconnect.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { createCaller } from "#server/trpc/root.ts";
import { asksForTokens, connectThrough, consents, control, counted, givenBy, hurry, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const hour = 3_600_000;
const issued = /sbx[0-9a-f]{40}/;

beforeEach(() => control({ limits: false }));
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
  const all = JSON.stringify(written);
  written = [];
  expect(all, "no token in a log line or a message").not.toMatch(issued);
});

/** A tenant with one connected account; its tokens end within the minute for whoever runs at `late`. */
async function connected(provider: string) {
  const { browser, tenant } = await visit();
  const next = await connectThrough(browser, { tenant: tenant.id, provider });
  expect(next.toast?.kind).toBe("success");
  const [row] = await listConnections(testTenantCtx(tenant));
  if (!row) throw new Error("not connected");
  await control();
  await control({ limits: false });
  return { tenant, browser, id: row.id, provider: findProvider(provider) };
}

const late = { now: () => Date.now() + hour - 30_000 };
const afterEnd = { now: () => Date.now() + hour + 30_000 };
/** When a first failure has cooled down. */
const cooled = { now: () => Date.now() + hour + 90_000 };
/** Everything that runs of the present test wrote to the log or to a queue. */
let written: { lines: string[]; mails: unknown[] }[] = [];
const run = (tenant: Tenant, more: TestCtx = {}) => {
  const ctx = testTenantCtx(tenant, "system", more);
  written.push(ctx.traces);
  return ctx;
};

async function use(ctx: TenantCtx, id: string): Promise<void> {
  const held = await holdConnection(ctx, id);
  await findProvider(held.connection.provider).probe(openAccount(ctx, held));
}

async function tokens(tenant: Tenant, id: string) {
  const ctx = run(tenant);
  const held = await holdConnection(ctx, id);
  return { row: held.connection, access: await openField(ctx, held, "access_token"), refresh: await openField(ctx, held, "refresh_token") };
}

/** How often the token endpoint of the account was asked, and with what success, since it was connected. */
async function refreshes(provider: string) {
  const { calls, refreshes: families } = await counted();
  const asked = calls.find((call) => call.provider === provider && asksForTokens(provider, call.path));
  const { rotated = 0, refused = 0 } = Object.values(families).find((family) => family.provider === provider) ?? {};
  return { asked: asked?.count ?? 0, rotated, refused };
}

/** Outbound requests in the test's hands: answers some, lets the rest through. */
const outbound = (answer: (url: string, init?: RequestInit) => Promise<Response | null> | Response | null): TestCtx => ({
  outbound: async (input, init) => (await answer(String(input), init)) ?? fetch(input, init),
});

/** What the provider answers to the same request with a token that it never issued: a refusal in its own words. */
const refusal = (url: string, init: RequestInit | undefined): Promise<Response> =>
  fetch(url, { ...init, body: String(init?.body).replace(new RegExp(issued, "g"), `sbx${"0".repeat(40)}`) });

/** Those whose tokens are renewed without a person. */
const renewing = consents.flatMap(({ title, provider, choice }) => {
  const { renewal } = givenBy(provider, choice);
  return renewal ? [{ title, name: provider.id, choice, renewal }] : [];
});

describe.each(renewing)("renewal at $title", ({ name, choice, renewal }) => {
  /** How long the token in hand lives. */
  let lifeMs = 0;
  const late = { now: () => Date.now() + lifeMs - 30_000 };
  const afterEnd = { now: () => Date.now() + lifeMs + 30_000 };
  const cooled = { now: () => Date.now() + lifeMs + hour };
  async function connectedFor() {
    const made = await connected(name);
    lifeMs = ((await tokens(made.tenant, made.id)).row.accessExpiresAt ?? 0) - Date.now();
    return made;
  }

  test("20 runs at once make one successful request, and all of them go on with what it got", async () => {
    const { tenant, id } = await connectedFor();
    const ctx = run(tenant, late);
    const held = await holdConnection(ctx, id);
    const runs = Array.from({ length: 20 }, () => findProvider(name).probe(openAccount(run(tenant, late), structuredClone(held))));
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual(Array(20).fill("fulfilled"));
    expect(await refreshes(name)).toEqual({ asked: 1, rotated: 1, refused: 0 });
    expect((await tokens(tenant, id)).row).toMatchObject({ version: 2, leaseUntil: null, status: "active" });
  });

  test("calls of one run that find the token refused share one renewal", async () => {
    const { tenant, id, provider } = await connectedFor();
    await fetch("http://sandbox.test/__sandbox/expire", {
      method: "POST",
      body: JSON.stringify({ provider: name, account: choice.account }),
    });
    const ctx = run(tenant);
    const account = openAccount(ctx, await holdConnection(ctx, id));
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => provider.probe(account)));
    // A token that renews itself is past renewing when it is dead: that is found out once (and made sure of once), for all of them.
    const alive = renewal.with === "refresh_token";
    expect(calls.map(({ status }) => status)).toEqual(Array(5).fill(alive ? "fulfilled" : "rejected"));
    expect(await refreshes(name)).toEqual(alive ? { asked: 1, rotated: 1, refused: 0 } : { asked: 2, rotated: 0, refused: 2 });
  });

  test("a 5xx, a limit or silence leaves the tokens as they are, and a token that still lives is used", async () => {
    hurry();
    const { tenant, id } = await connectedFor();
    const before = await tokens(tenant, id);
    // What cools down is not asked again: each failure here is the first one.
    const warm = () => openDb(testEnv.DB).update(connections).set({ coolUntil: null, renewFailures: 0 }).where(eq(connections.id, id));
    const answers: (() => Response | Promise<Response>)[] = [
      () => new Response("Bad Gateway", { status: 502 }),
      () => new Response("{}", { status: 429, headers: { "retry-after": "30" } }),
      () => Promise.reject(new DOMException("timed out", "TimeoutError")),
      () => new Response("<html>", { status: 200 }),
      () => new Response(null, { status: 302, headers: { location: "http://evil.example/" } }),
    ];
    for (const answer of answers) {
      const broken = outbound((url) => (asksForTokens(name, url) ? answer() : null));
      const kind = { kind: expect.stringMatching(/^(unavailable|rate_limited)$/) };
      await expect(use(run(tenant, { ...afterEnd, ...broken }), id)).rejects.toMatchObject(kind);
      await warm();
      await use(run(tenant, { ...late, ...broken }), id);
      await warm();
    }
    const after = await tokens(tenant, id);
    expect([after.access, after.refresh, after.row.status]).toEqual([before.access, before.refresh, "active"]);
    await use(run(tenant, afterEnd), id);
  });

  test("our own wrong secret is never the tenant's fault", async () => {
    hurry();
    const { tenant, id, provider } = await connectedFor();
    const ctx = run(tenant, late);
    ctx.config = { ...ctx.config, [provider.oauth.credentials.clientSecret]: "wrong" };
    await expect(use(ctx, id)).rejects.toMatchObject({ kind: "misconfigured" });
    expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", leaseUntil: null, refreshStartedAt: null });
    expect(ctx.traces.mails).toEqual([]);
    const { row } = await tokens(tenant, id);
    expect(row.renewFailures).toBe(1);
    await use(run(tenant, { now: () => (row.coolUntil ?? 0) + 1 }), id);
    expect((await tokens(tenant, id)).row).toMatchObject({ version: 2, renewFailures: 0, coolUntil: null });
  });

  test("a refusal that a second try takes back marks nothing", async () => {
    hurry();
    const { tenant, id } = await connectedFor();
    let refusals = 1;
    const moody = outbound((url, init) => (asksForTokens(name, url) && refusals-- > 0 ? refusal(url, init) : null));
    await use(run(tenant, { ...late, ...moody }), id);
    expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", version: 2 });
  });

  test("a refusal to somebody whose tokens were renewed meanwhile marks nothing", async () => {
    hurry();
    const { tenant, id, provider } = await connectedFor();
    const slow = run(tenant, late);
    const held = await holdConnection(slow, id);
    // The first run's lease ends (its worker hangs); a second one renews; then the first one is refused.
    let hang = true;
    const hanging = outbound(async (url, init) => {
      if (!asksForTokens(name, url)) return null;
      if (hang) {
        hang = false;
        await openDb(testEnv.DB).update(connections).set({ leaseUntil: 0 }).where(eq(connections.id, id));
        await use(run(tenant, late), id);
      }
      return refusal(url, init);
    });
    await provider.probe(openAccount(run(tenant, { ...late, ...hanging }), held));
    expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", version: 2 });
  });

  test("tokens that come after the lease was lost are not written over newer ones", async () => {
    const { tenant, id, provider } = await connectedFor();
    const held = await holdConnection(run(tenant), id);
    let first = true;
    const hanging = outbound(async (url) => {
      if (!asksForTokens(name, url) || !first) return null;
      first = false;
      await openDb(testEnv.DB).update(connections).set({ leaseUntil: 0 }).where(eq(connections.id, id));
      await use(run(tenant, late), id);
      return Response.json({ access_token: "too-late-access", refresh_token: "too-late-refresh", expires_in: 3600 });
    });
    await provider.probe(openAccount(run(tenant, { ...late, ...hanging }), held));
    const after = await tokens(tenant, id);
    expect([after.access, after.refresh].join()).not.toContain("too-late");
    expect(after.row.version).toBe(2);
  });

  test("a run waits for a renewal under way, and takes it over once the lease has ended", async () => {
    const { tenant, id } = await connectedFor();
    await openDb(testEnv.DB)
      .update(connections)
      .set({ leaseOwner: "somebody", leaseUntil: afterEnd.now() + 10 * hour })
      .where(eq(connections.id, id));
    const waiting = use(run(tenant, afterEnd), id);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await openDb(testEnv.DB).update(connections).set({ leaseUntil: null }).where(eq(connections.id, id));
    await waiting;
    expect((await tokens(tenant, id)).row.version).toBe(2);
  });

  test("the journal is written before the request, and a worker that died is followed by another", async () => {
    hurry();
    const { tenant, id } = await connectedFor();
    const seen: unknown[] = [];
    const dying = outbound(async (url) => {
      if (!asksForTokens(name, url)) return null;
      const [row] = await openDb(testEnv.DB).select().from(connections).where(eq(connections.id, id));
      seen.push(row?.refreshFingerprint, row?.refreshStartedAt, row?.leaseUntil);
      throw new Error("the worker dies here");
    });
    await expect(use(run(tenant, { ...afterEnd, ...dying }), id)).rejects.toMatchObject({ kind: "unavailable" });
    expect(seen.slice(0, 3)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.any(Number), expect.any(Number)]);
    expect((await tokens(tenant, id)).row.refreshFingerprint).toMatch(/^[0-9a-f]{64}$/);
    await use(run(tenant, cooled), id);
    expect((await tokens(tenant, id)).row).toMatchObject({ version: 2, refreshFingerprint: null });
  });
});

describe("a token that never ends", () => {
  test("is what Shopify gives to older apps: it is used as it is, and a person is asked when it is refused", async () => {
    const { browser, tenant } = await visit();
    const effect = { type: "omit", fields: ["expires_in", "refresh_token", "refresh_token_expires_in"] };
    await control({ faults: [{ provider: "shopify", kind: "token", effect }] });
    await connectThrough(browser, { tenant: tenant.id, provider: "shopify" });
    const [row] = await listConnections(run(tenant));
    expect(row?.accessExpiresAt).toBeNull();
    const ctx = run(tenant, { now: () => Date.now() + 10 * hour });
    await use(ctx, row?.id ?? "");
    await control({ revoke: [{ provider: "shopify", account: "beta.myshopify.com" }] });
    await expect(use(ctx, row?.id ?? "")).rejects.toMatchObject({ kind: "revoked" });
    expect((await tokens(tenant, row?.id ?? "")).row).toMatchObject({ status: "reconnect_needed", statusReason: "access_refused" });
  });
});

describe("a reply that is lost after the provider rotated", () => {
  test("is asked for again at once where the provider repeats it (Shopify)", async () => {
    for (const how of ["502", "abort"]) {
      const { tenant, id } = await connected("shopify");
      await control({ faults: [{ provider: "shopify", kind: "token", count: 1, effect: { type: "reply_lost", how } }] });
      await use(run(tenant, late), id);
      expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", version: 2 });
    }
  });

  test("is recovered by a later run, when both tries of the first one are lost (Shopify)", async () => {
    const { tenant, id } = await connected("shopify");
    await control({ faults: [{ provider: "shopify", kind: "token", count: 2, effect: { type: "reply_lost" } }] });
    await expect(use(run(tenant, afterEnd), id)).rejects.toMatchObject({ kind: "unavailable" });
    expect((await tokens(tenant, id)).row.refreshStartedAt).not.toBeNull();
    await use(run(tenant, cooled), id);
    expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", version: 2 });
  });

  test("where nothing repeats it, a person is asked, and the log says why (Klaviyo)", async () => {
    const { tenant, id } = await connected("klaviyo");
    await control({ faults: [{ provider: "klaviyo", kind: "token", count: 1, effect: { type: "reply_lost" } }] });
    await expect(use(run(tenant, afterEnd), id)).rejects.toMatchObject({ kind: "unavailable" });
    const ctx = run(tenant, cooled);
    await expect(use(ctx, id)).rejects.toMatchObject({ kind: "revoked" });
    expect(ctx.traces.lines.join()).toContain("its reply was lost");
    expect(ctx.traces.mails).toHaveLength(1);
  });
});

describe("a call through an account", () => {
  const Anything = z.object({ data: z.unknown() });
  const graphql = { method: "POST" as const, path: "/admin/api/2026-07/graphql.json", body: { query: "{ shop { id } }" } };

  test("goes to the provider's API and nowhere else", async () => {
    const { tenant, id } = await connected("shopify");
    const reached: string[] = [];
    const ctx = run(
      tenant,
      outbound((url) => {
        reached.push(url);
        return null;
      }),
    );
    const account = openAccount(ctx, await holdConnection(ctx, id));
    for (const path of [
      "http://evil.example/x",
      "http://sandbox.test/klaviyo/api/accounts",
      "/../../../__sandbox/issued",
      "http://sandbox.test/shopify/gamma.myshopify.com/admin/x",
    ]) {
      await expect(account.json({ path }, Anything)).rejects.toMatchObject({ kind: "rejected" });
    }
    expect(reached).toEqual([]);
  });

  test("follows no redirect, so that no token is carried away", async () => {
    const { tenant, id } = await connected("klaviyo");
    const reached: string[] = [];
    const ctx = run(
      tenant,
      outbound((url) => {
        reached.push(url);
        return new Response(null, { status: 307, headers: { location: "http://evil.example/" } });
      }),
    );
    const account = openAccount(ctx, await holdConnection(ctx, id));
    await expect(account.json({ path: "/api/x" }, Anything)).rejects.toMatchObject({ kind: "unavailable" });
    expect([...new Set(reached)]).toEqual(["http://sandbox.test/klaviyo/api/x"]);
  });

  test("waits out a short limit, and hands a long one to the queue with its Retry-After", async () => {
    const { tenant, id, provider } = await connected("klaviyo");
    await control({ faults: [{ provider: "klaviyo", kind: "api", count: 1, effect: { type: "rate_limited", retryAfter: 0 } }] });
    await use(run(tenant), id);
    await control({ faults: [{ provider: "klaviyo", kind: "api", effect: { type: "rate_limited", retryAfter: 120 } }] });
    const ctx = run(tenant);
    const call = provider.probe(openAccount(ctx, await holdConnection(ctx, id)));
    await expect(call).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: 120 });
  });

  test("waits as long as Shopify's bucket needs to fill, when that is short", async () => {
    const { tenant, id } = await connected("shopify");
    const throttled = (currentlyAvailable: number) =>
      Response.json({
        errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }],
        extensions: {
          cost: {
            requestedQueryCost: 752,
            actualQueryCost: null,
            throttleStatus: { maximumAvailable: 1000, currentlyAvailable, restoreRate: 50 },
          },
        },
      });
    let times = 0;
    const once = run(
      tenant,
      outbound((url) => (url.includes("graphql") && times++ === 0 ? throttled(702) : null)),
    );
    const before = Date.now();
    await openAccount(once, await holdConnection(once, id)).json({ ...graphql, reads: true }, Anything);
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
    const empty = run(
      tenant,
      outbound((url) => (url.includes("graphql") ? throttled(0) : null)),
    );
    const call = openAccount(empty, await holdConnection(empty, id)).json({ ...graphql, reads: true }, Anything);
    await expect(call).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: 16 });
  });

  test("repeats what only reads after a 5xx, and never what may have changed something", async () => {
    const { tenant, id } = await connected("shopify");
    const reads = async (ctx: TenantCtx) => openAccount(ctx, await holdConnection(ctx, id)).json({ ...graphql, reads: true }, Anything);
    const changes = async (ctx: TenantCtx) => openWriter(ctx, await holdConnection(ctx, id)).send(graphql, Anything);
    for (const [call, expected] of [
      [reads, 2],
      [changes, 1],
    ] as const) {
      let asked = 0;
      const ctx = run(
        tenant,
        outbound((url) => (url.includes("graphql") && asked++ === 0 ? new Response("{}", { status: 500 }) : null)),
      );
      await Promise.allSettled([call(ctx)]);
      expect(asked).toBe(expected);
    }
  });

  test("a reply of another shape is `unavailable`, an error dressed as success is an error", async () => {
    hurry();
    const { tenant, id } = await connected("google");
    const ctx = run(tenant);
    const account = openAccount(ctx, await holdConnection(ctx, id));
    const userinfo = { service: "openidconnect", path: "/v1/userinfo" };
    await expect(account.json(userinfo, z.object({ nothing: z.string() }))).rejects.toMatchObject({ kind: "unavailable" });
    await control({ faults: [{ provider: "google", kind: "api", effect: { type: "error_in_200" } }] });
    await expect(account.json(userinfo, z.unknown())).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("of another tenant is not found, and what was read for one tenant opens in no other", async () => {
    const { tenant, id, provider } = await connected("klaviyo");
    const stranger = run(await makeTenant());
    await expect(holdConnection(stranger, id)).rejects.toMatchObject({ kind: "not_found" });
    await expect(probeConnection(stranger, { connectionId: id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(disconnect(stranger, { connectionId: id })).rejects.toMatchObject({ kind: "not_found" });
    const held = await holdConnection(run(tenant), id);
    await expect(provider.probe(openAccount(stranger, held))).rejects.toThrow(/no data key/);
  });
});

describe("connecting again", () => {
  test("in the moment in which a renewal ends is another version than that renewal's: what is said against its token marks nothing", async () => {
    const { tenant, browser, id } = await connected("klaviyo");
    const db = openDb(testEnv.DB);
    let seen: ConnectionRow | undefined;
    // Between what the callback reads and what it writes, a renewal is done; somebody takes up its tokens.
    const renewMeanwhile = async () => {
      await db.update(connections).set({ version: 2 }).where(eq(connections.id, id));
      seen = (await holdConnection(testTenantCtx(tenant), id)).connection;
    };
    const raced = interruptedD1(browser.databases.DB, (call) =>
      !seen && call.is === "batch" && call.statements.length > 6 ? renewMeanwhile() : undefined,
    );
    await connectThrough({ ...browser, databases: { DB: raced } }, { tenant: tenant.id, provider: "klaviyo", connection: id });
    if (!seen) throw new Error("nothing came in between");
    await needReconnect(run(tenant), seen, "access_refused");
    expect((await tokens(tenant, id)).row).toMatchObject({ status: "active", version: 3 });
  });
});

describe("disconnecting", () => {
  test("destroys the secrets, gives access back and keeps the row; a second time is no error", async () => {
    for (const { id: name } of providers) {
      // The same account of other tenants, of the tests before this one, would keep the grant alive.
      await openDb(testEnv.DB).update(connections).set({ status: "disconnected" }).where(eq(connections.provider, name));
      const { tenant, id } = await connected(name);
      const ctx = testTenantCtx(tenant, "owner");
      expect(await disconnect(ctx, { connectionId: id })).toMatchObject({ revoked: findProvider(name).oauth.revocation !== null });
      expect((await tokens(tenant, id)).row).toMatchObject({ status: "disconnected", accessExpiresAt: null });
      expect(await openDb(testEnv.DB).select().from(secrets).where(eq(secrets.connectionId, id))).toEqual([]);
      expect(await disconnect(ctx, { connectionId: id })).toMatchObject({ revoked: false });
      await expect(use(run(tenant), id)).rejects.toMatchObject({ kind: "revoked" });
      expect((await listIntegrations(ctx)).find(({ provider }) => provider === name)?.state).toBe("not_connected");
    }
  });

  test("works while the provider is down, and is not for viewers", async () => {
    const { tenant, id } = await connected("klaviyo");
    await expect(disconnect(testTenantCtx(tenant, "viewer"), { connectionId: id })).rejects.toMatchObject({ kind: "forbidden" });
    await control({ faults: [{ provider: "klaviyo", kind: "revoke", effect: { type: "error", status: 500 } }] });
    expect(await disconnect(testTenantCtx(tenant), { connectionId: id })).toMatchObject({ revoked: false });
    expect((await tokens(tenant, id)).row.status).toBe("disconnected");
  });

  test("leaves a Google grant on which another tenant's connection lives", async () => {
    const one = await connected("google");
    const two = await connected("google");
    expect(await disconnect(testTenantCtx(one.tenant), { connectionId: one.id })).toMatchObject({ revoked: false });
    await use(run(two.tenant), two.id);
  });

  test("while a renewal is under way ends in no tokens", async () => {
    const { tenant, id } = await connected("shopify");
    const crossing = outbound(async (url) => {
      if (!url.endsWith("/access_token")) return null;
      await disconnect(testTenantCtx(tenant), { connectionId: id });
      return Response.json({ access_token: "too-late-access", refresh_token: "too-late-refresh", expires_in: 3600 });
    });
    await expect(use(run(tenant, { ...late, ...crossing }), id)).rejects.toMatchObject({ kind: "revoked" });
    expect(await openDb(testEnv.DB).select().from(secrets).where(eq(secrets.connectionId, id))).toEqual([]);
  });

  test("leaves a consent that was given again while the old one was on its way back", async () => {
    await openDb(testEnv.DB).update(connections).set({ status: "disconnected" }).where(eq(connections.provider, "google"));
    const { tenant, id, provider } = await connected("google");
    let asked = 0;
    const ctx = testTenantCtx(tenant, "owner", {
      outbound: async () => {
        asked++;
        return new Response("{}");
      },
    });
    const [connection] = await listConnections(ctx);
    if (connection?.id !== id) throw new Error("not connected");
    const tokens = { accessToken: "the-old-access", refreshToken: "the-old-refresh" };
    expect(await giveBack(ctx, provider, { connection, tokens })).toBe("by_hand");
    expect(asked).toBe(0);
  });

  test("what a renewal brings after the client is gone is given back, and leaves no row", async () => {
    const { tenant, id } = await connected("klaviyo");
    const db = openDb(testEnv.DB);
    const returned: string[] = [];
    const crossing = {
      outbound: (async (input, init) => {
        if (/revoke/.test(String(input))) returned.push(String(init?.body));
        if (!String(input).endsWith("/token")) return new Response("{}");
        await db.delete(connections).where(eq(connections.id, id));
        return Response.json({ access_token: "too-late-access", refresh_token: "too-late-refresh", expires_in: 3600 });
      }) satisfies typeof fetch,
    };
    await expect(use(run(tenant, { ...late, ...crossing }), id)).rejects.toMatchObject({ kind: "not_found" });
    expect(returned.join()).toContain("too-late-refresh");
    expect(await db.select().from(renewals).where(eq(renewals.connectionId, id))).toEqual([]);
  });
});

describe("a provider's jobs", () => {
  const blocked = async (tenant: Tenant) => {
    const rows = await openDb(testEnv.DB).select().from(schedules).where(eq(schedules.tenantId, tenant.id));
    return rows.find(({ job }) => job === "klaviyo-sensor")?.blocked;
  };

  test("wait while the connection does, and run again when it is back", async () => {
    const { tenant, id, browser } = await connected("klaviyo");
    expect(await blocked(tenant)).toBeNull();
    await control({ revoke: [{ provider: "klaviyo", account: "BetaB2" }] });
    await expect(use(run(tenant), id)).rejects.toMatchObject({ kind: "revoked" });
    expect(await blocked(tenant)).toBe("reconnect_needed");
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: id });
    expect(await blocked(tenant)).toBeNull();
    await disconnect(testTenantCtx(tenant), { connectionId: id });
    expect(await blocked(tenant)).toBe("not_connected");
  });

  /** The system in a tenant whose D1 asks first what happens before each batch, by its number. */
  const runAgainst = (tenant: Tenant, before: (batch: number) => Promise<unknown> | undefined) => {
    let batches = 0;
    const ctx = run(tenant);
    const d1 = interruptedD1(testEnv.DB, ({ is }) => (is === "batch" ? before(++batches) : undefined));
    return { ctx: enterTenant({ ...ctx, databases: { DB: d1 } }, tenant, "system"), traces: ctx.traces };
  };

  test("a worker that dies as it marks the connection leaves the line in the log that says so, and the mail", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { ctx, traces } = runAgainst(tenant, (batch) => (batch > 1 ? Promise.reject(new Error("killed")) : undefined));
    const { connection } = await holdConnection(run(tenant), id);
    await expect(needReconnect(ctx, connection, "access_refused")).rejects.toThrow("killed");
    expect((await tokens(tenant, id)).row.status).toBe("reconnect_needed");
    const lines = await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(lines.map(({ action }) => action)).toContain("connection.reconnect_needed");
    expect(traces.mails).toMatchObject([{ type: "mail.reconnect", connection: id }]);
  });

  test("of an account that is connected again while they are blocked go on", async () => {
    const { tenant, id, browser } = await connected("klaviyo");
    const { connection } = await holdConnection(run(tenant), id);
    const { ctx } = runAgainst(tenant, (batch) =>
      batch === 2 ? connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: id }) : undefined,
    );
    await needReconnect(ctx, connection, "access_refused");
    expect((await tokens(tenant, id)).row.status).toBe("active");
    expect(await blocked(tenant)).toBeNull();
  });

  test("wait even when the worker died right after it marked the connection", async () => {
    const { tenant, id } = await connected("klaviyo");
    await openDb(testEnv.DB)
      .update(connections)
      .set({ status: "reconnect_needed", statusReason: "refresh_refused" })
      .where(eq(connections.id, id));
    expect(await blocked(tenant)).toBeNull();
    await expect(use(run(tenant), id)).rejects.toMatchObject({ kind: "revoked" });
    expect(await blocked(tenant)).toBe("reconnect_needed");
  });
});

describe("what people are shown", () => {
  test("a probe is stored, well or not", async () => {
    const { tenant, id } = await connected("klaviyo");
    const ctx = testTenantCtx(tenant);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok" });
    await control({ faults: [{ provider: "klaviyo", kind: "api", effect: { type: "error", status: 403 } }] });
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "missing_scopes" });
    expect((await tokens(tenant, id)).row).toMatchObject({ probeResult: "missing_scopes", status: "active" });
  });

  test("a probe by hand is no way to use up what the provider allows all clients together", async () => {
    const { tenant, id } = await connected("klaviyo");
    let asked = 0;
    const ctx = testTenantCtx(tenant, "developer", {
      outbound: async () => {
        asked++;
        return new Response("{}", { status: 403 });
      },
    });
    const tried = await Promise.allSettled(Array.from({ length: 40 }, () => probeConnection(ctx, { connectionId: id })));
    expect(asked).toBe(30);
    expect(tried.filter(({ status }) => status === "rejected")).toHaveLength(10);
    await expect(probeConnection(ctx, { connectionId: id })).rejects.toMatchObject({ kind: "rate_limited" });
  });

  test("the grid names every provider, its accounts, and which job waits for which permission", async () => {
    const { tenant, id, browser } = await connected("shopify");
    await openDb(testEnv.DB)
      .update(connections)
      .set({ scopesGranted: ["read_products", "write_orders"] })
      .where(eq(connections.id, id));
    const grid = await createCaller(browser).connections.list({ tenant: tenant.id });
    expect(grid.map(({ provider }) => provider)).toEqual(shelf.map((provider) => provider.id));
    const shop = grid[0]?.connections[0];
    expect(shop?.sets).toEqual([
      { id: "shop", asked: true, granted: false },
      { id: "history", asked: true, granted: false },
      { id: "deliveries", asked: true, granted: false },
      { id: "tags", asked: false, granted: false },
      { id: "drafts", asked: false, granted: false },
      { id: "pixel", asked: false, granted: false },
      { id: "fulfilment", asked: false, granted: false },
      { id: "discounts", asked: false, granted: false },
    ]);
    expect(grid[0]?.scopeSets.map(({ id }) => id)).toEqual(["shop", "history", "deliveries"]);
    expect(shop?.scopes.missing).toEqual(["read_customers", "read_inventory", "read_all_orders", "read_fulfillments"]);
    expect(shop?.waiting.map(({ id: job }) => job)).toContain("retention-sensor");
    expect(JSON.stringify(grid)).not.toMatch(/sbx|"a1\.|sealed/);
  });

  test("the dry run names what would be renewed now, to staff alone, without a secret", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { actor } = await makeUser({ staff: true });
    const due = await listDueRenewals(testCtx({ actor, ...late }));
    const own = due.find(({ connection }) => connection === id);
    expect(own).toMatchObject({ tenant: tenant.id, provider: "klaviyo", reason: "ends_soon", remark: null });
    expect(JSON.stringify(due)).not.toMatch(issued);
    expect((await listDueRenewals(testCtx({ actor }))).some(({ connection }) => connection === id)).toBe(false);
    await expect(listDueRenewals(testCtx({ actor: (await makeUser()).actor }))).rejects.toMatchObject({ kind: "forbidden" });
  });

  test("staff see secrets by name, age and root key, under a mask without a length", async () => {
    const { tenant, id } = await connected("google");
    const staff = testCtx({ actor: (await makeUser({ staff: true })).actor });
    const all = [];
    for (let after: string | null = ""; after !== null; ) {
      const page: Awaited<ReturnType<typeof listCredentials>> = await listCredentials(staff, { after });
      all.push(...page.credentials);
      after = page.next;
    }
    const own = all.filter(({ connection }) => connection === id);
    expect(own.map(({ field, mask, rootKeyId, dataKeyVersion }) => [field, mask, rootKeyId, dataKeyVersion])).toEqual([
      ["access_token", "••••", "t2", 1],
      ["refresh_token", "••••", "t2", 1],
    ]);
    expect(own.every((credential) => credential.tenant === tenant.id && credential.storedAt > 0)).toBe(true);
    expect(JSON.stringify(all)).not.toMatch(issued);
    // Nor anything sealed: other tests have shops whose names end in "a1.myshopify.com".
    expect(JSON.stringify(all)).not.toMatch(/"a1\./);
    await expect(listCredentials(testCtx({ actor: (await makeUser()).actor }))).rejects.toMatchObject({ kind: "forbidden" });
  });
});
