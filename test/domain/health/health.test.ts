import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, resources, schedules, secrets } from "#db/schema/index.ts";
import { locales } from "#db/words/locales.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { storeConnection } from "#server/domain/connecting/store-connection.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { type HealthFacts, healthOf } from "#server/domain/connections/health-of.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { ReconnectReason } from "#server/domain/connections/schemas.ts";
import { waitingJobs } from "#server/domain/connections/waiting-jobs.ts";
import { claimProbes } from "#server/domain/health/claim-probes.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { readHealth } from "#server/domain/health/read-health.ts";
import { watchProviders } from "#server/domain/incidents/watch-providers.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import { renewTokens } from "#server/domain/tokens/renew-tokens.ts";
import { ask, asPerson } from "#test/ask.ts";
import { choices, connectThrough, control, counted, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";

const { text } = voiceIn("en");
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const database = openDb(testEnv.DB);

beforeEach(async () => {
  await control({ limits: false });
  await database.delete(connections);
});
afterEach(() => control());

/** A tenant with one account connected by OAuth. */
async function connected(provider: string, tenant?: Tenant) {
  const { browser, tenant: home } = await visit(tenant);
  const next = await connectThrough(browser, { tenant: home.id, provider });
  if (next.toast?.kind !== "success") throw new Error(`${provider} was not connected: ${JSON.stringify(next.toast)}`);
  const ctx = testTenantCtx(home);
  const rows = (await listConnections(ctx)).filter((row) => row.provider === provider);
  return { tenant: home, browser, id: rows.at(-1)?.id ?? "", ctx };
}

const rowOf = async (id: string) => (await database.select().from(connections).where(eq(connections.id, id)))[0];
const jobCtx = (now: () => number = Date.now) => testCtx({ actor: { type: "system", job: "cron" }, now });

describe("how a connection is", () => {
  const now = Date.UTC(2026, 10, 21);
  const well: HealthFacts = {
    status: "active",
    statusReason: null,
    statusAt: now - day,
    accessExpiresAt: now + hour,
    renewFailures: 0,
    cliffAt: null,
    cliffKind: null,
    probedAt: now - hour,
    probeResult: "ok",
    failedAt: null,
    failureKind: null,
    failingSince: null,
  };
  const state = (facts: Partial<HealthFacts>) => {
    const health = healthOf({ ...well, ...facts }, now);
    return health && [health.state, health.since];
  };
  const failing = { failedAt: now - minute, failingSince: now - hour };

  test.each<[string, Partial<HealthFacts>, unknown]>([
    ["what works is healthy", {}, ["healthy", null]],
    ["a token that ended is renewed at its next use, and so is healthy", { accessExpiresAt: now - hour }, ["healthy", null]],
    [
      "the app was uninstalled or a password changed",
      { status: "reconnect_needed", statusReason: "refresh_refused" },
      ["revoked", now - day],
    ],
    ["not even a fresh token is accepted", { status: "reconnect_needed", statusReason: "access_refused" }, ["revoked", now - day]],
    ["it ended and nothing renews it", { status: "reconnect_needed", statusReason: "not_renewable" }, ["reconnect_needed", now - day]],
    ["its consent has ended, though nothing ran into it yet", { cliffAt: now - 1, cliffKind: "consent" }, ["reconnect_needed", now - 1]],
    ["a permission is missing", { probeResult: "missing_scopes" }, ["reconnect_needed", now - hour]],
    ["it ends in 30 days", { cliffAt: now + 30 * day, cliffKind: "access" }, ["expiring", now]],
    ["it ends in 31 days", { cliffAt: now + 31 * day, cliffKind: "access" }, ["healthy", null]],
    ["the provider does not answer", { ...failing, failureKind: "unavailable" }, ["degraded", now - hour]],
    ["the provider holds us back", { ...failing, failureKind: "rate_limited" }, ["degraded", now - hour]],
    ["it cannot be renewed at the moment, and ended", { renewFailures: 2, accessExpiresAt: now - 1 }, ["degraded", now - 1]],
    ["it cannot be renewed at the moment, and lives", { renewFailures: 2 }, ["healthy", null]],
    ["our own client is refused", { ...failing, failureKind: "misconfigured" }, ["misconfigured", now - hour]],
    ["the version of the API that we speak is gone", { cliffAt: now - 1, cliffKind: "version" }, ["misconfigured", now - 1]],
    ["what we ask is refused", { probeResult: "rejected" }, ["misconfigured", now - hour]],
    [
      "a provider that is down hides that it ends soon",
      { ...failing, failureKind: "unavailable", cliffAt: now + day, cliffKind: "consent" },
      ["degraded", now - hour],
    ],
    ["it is disconnected", { status: "disconnected" }, null],
  ])("%s", (_, facts, expected) => {
    expect(state(facts)).toEqual(expected);
  });

  test("every state has words in every language, and every reason for a reconnect has a state", () => {
    for (const statusReason of ReconnectReason.options) {
      const health = healthOf({ ...well, status: "reconnect_needed", statusReason }, now);
      expect(["revoked", "reconnect_needed"], statusReason).toContain(health?.state);
      for (const locale of locales) expect(health && text(health.said)[locale], `${statusReason} ${locale}`).toMatch(/ .*\.$/);
    }
  });
});

describe("what waits for a connection", () => {
  const now = Date.now();

  test("the jobs that read it: for its provider, for a person, for a permission, and none that another account serves", async () => {
    const { ctx, id } = await connected("klaviyo");
    const facts = async () => waitingJobs(await listConnections(ctx), now, jobsOn(ctx.tenant))(id).map(({ job, why }) => [job, why]);
    const set = (more: Partial<typeof connections.$inferInsert>) => database.update(connections).set(more).where(eq(connections.id, id));
    expect(await facts()).toEqual([]);
    await set({ failedAt: now, failureKind: "unavailable" });
    expect(await facts()).toContainEqual(["klaviyo-sensor", "degraded"]);
    await set({ failureKind: "misconfigured" });
    expect(await facts()).toContainEqual(["klaviyo-sensor", "misconfigured"]);
    await set({ failedAt: null, failureKind: null, status: "reconnect_needed", statusReason: "refresh_refused" });
    expect(await facts()).toContainEqual(["klaviyo-sensor", "reconnect_needed"]);
    await set({ status: "active", statusReason: null, scopesGranted: ["accounts:read"] });
    expect(await facts()).toContainEqual(["klaviyo-sensor", "missing_scopes"]);
    const [account] = (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo")?.connections ?? [];
    expect(account?.holdsUp.map(({ job }) => job)).toContain("klaviyo-sensor");
    expect((await facts()).some(([job]) => job === "shopify-sensor")).toBe(false);
  });
});

describe("GET /api/health/{tenant}", () => {
  test("answers from what is stored: of each integration its state, since when, its probe, its end and what waits", async () => {
    const now = Date.now();
    const { tenant, id, ctx } = await connected("klaviyo");
    const google = await connected("google", tenant);
    const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
    await database
      .update(connections)
      .set({ status: "reconnect_needed", statusReason: "refresh_refused", statusAt: now - hour })
      .where(eq(connections.id, id));
    await database
      .update(connections)
      .set({
        probedAt: now,
        probeResult: "unavailable",
        failedAt: now,
        failureKind: "unavailable",
        failingSince: now - minute,
        cliffAt: now + 90 * day,
        cliffKind: "unused",
      })
      .where(eq(connections.id, google.id));
    const outbound = vi.spyOn(globalThis, "fetch");
    const response = await ask(`/api/health/${tenant.id}`, { headers: asPerson(token) });
    expect(outbound).not.toHaveBeenCalled();
    outbound.mockRestore();
    expect(response.status).toBe(200);
    const health = (await response.json()) as Awaited<ReturnType<typeof readHealth>>;
    expect(health.healthy).toBe(false);
    const of = (provider: string) => health.integrations.find((each) => each.provider === provider);
    expect(of("klaviyo")).toMatchObject({
      connected: false,
      status: "reconnect_needed",
      state: "revoked",
      since: now - hour,
      tokenValidUntil: null,
      waits: expect.arrayContaining([{ job: "klaviyo-sensor", why: "reconnect_needed" }]),
    });
    expect(of("google")).toMatchObject({
      connected: true,
      state: "degraded",
      since: now - minute,
      endsAt: now + 90 * day,
      probe: { at: now, result: "unavailable" },
    });
    expect(of("google")?.reason).toContain("isn’t responding");
    expect(of("shopify")).toMatchObject({ connected: false, status: "not_connected", state: null, waits: [] });
    expect(health.integrations.map(({ provider }) => provider).sort()).toEqual(providers.map(({ id: provider }) => provider).sort());

    await database.update(connections).set({ status: "active", statusReason: null }).where(eq(connections.id, id));
    await database
      .update(connections)
      .set({ failedAt: null, failureKind: null, cliffAt: now + day })
      .where(eq(connections.id, google.id));
    const mended = await readHealth(ctx);
    expect(mended.healthy, "what ends soon still works").toBe(true);
    expect(mended.integrations.find((each) => each.provider === "google")?.state).toBe("expiring");
  });

  test("in one query, which reads this tenant's connections and no others", async () => {
    const { ctx, tenant } = await connected("klaviyo");
    const prepared = vi.spyOn(testEnv.DB, "prepare");
    await readHealth(ctx);
    const queries = prepared.mock.calls.map(([query]) => query);
    prepared.mockRestore();
    expect(queries).toHaveLength(1);
    for (let at = 0; at < 4; at++) await connected("klaviyo");
    const { meta } = await testEnv.DB.prepare(queries[0] ?? "")
      .bind(tenant.id)
      .all();
    // Its row, once more to sort it, and the first row behind the tenant's.
    expect(meta.rows_read).toBeLessThanOrEqual(3);
  });
});

describe("probes by the cron", () => {
  const set = (id: string, more: Partial<typeof connections.$inferInsert>) =>
    database.update(connections).set(more).where(eq(connections.id, id));

  test("come about every six hours, sooner while the provider fails, and not while a run has just used the connection", async () => {
    const { id } = await connected("klaviyo");
    const first = await rowOf(id);
    const start = first?.connectedAt ?? 0;
    expect((first?.probeAt ?? 0) - start).toBeGreaterThanOrEqual(5.4 * hour);
    expect((first?.probeAt ?? 0) - start).toBeLessThanOrEqual(6.6 * hour);
    const now = start + 7 * hour;
    const ctx = jobCtx(() => now);
    expect(await claimProbes(jobCtx(() => start + hour))).toBe(0);

    await set(id, { lastSuccessAt: now - 50 * minute });
    expect(await claimProbes(ctx), "a run was the better probe").toBe(0);
    expect((await rowOf(id))?.probeAt).toBeGreaterThan(now + 5 * hour);
    await set(id, { probeAt: now, lastSuccessAt: now - 61 * minute });
    expect(await claimProbes(ctx)).toBe(1);
    expect(ctx.traces.tokens).toMatchObject([{ type: "token.probe", connection: id }]);
    await set(id, { probeAt: now, lastSuccessAt: now - minute, failedAt: now - 1, failureKind: "unavailable" });
    expect(await claimProbes(ctx)).toBe(1);
    expect((await rowOf(id))?.probeAt).toBeLessThanOrEqual(now + 17 * minute);
    await set(id, { probeAt: now, status: "reconnect_needed" });
    expect(await claimProbes(ctx)).toBe(0);
  });

  test("two ticks at once send one of each", async () => {
    const now = Date.now() + 7 * hour;
    for (let at = 0; at < 3; at++) await connected("klaviyo");
    expect((await Promise.all([claimProbes(jobCtx(() => now)), claimProbes(jobCtx(() => now))])).reduce((sum, sent) => sum + sent)).toBe(3);
  });

  test("a probe tells what it found and marks nothing on a 5xx; the first answer mends it; a refusal marks as any call does", async () => {
    const { id, tenant } = await connected("klaviyo");
    const message = { v: 1, type: "token.probe", tenant: tenant.id, connection: id } as const;
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "api", effect: { type: "error", status: 503 } }] });
    const ctx = testTenantCtx(tenant);
    const vain = vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void) => void work()) as never);
    const { result, health } = await probeConnection(ctx, { connectionId: id });
    await workToken(jobCtx(), message);
    vain.mockRestore();
    expect([result, health.state]).toEqual(["unavailable", "degraded"]);
    const failing = await rowOf(id);
    expect(failing).toMatchObject({ status: "active", probeResult: "unavailable", failureKind: "unavailable" });
    expect(failing?.failedAt).toBeGreaterThanOrEqual(failing?.failingSince ?? Number.NaN);
    expect((failing?.probeAt ?? 0) - (failing?.probedAt ?? 0)).toBeLessThanOrEqual(16.5 * minute);

    await control();
    await workToken(jobCtx(), message);
    expect(await rowOf(id)).toMatchObject({ probeResult: "ok", failedAt: null, failureKind: null, failingSince: null });

    await control({ limits: false, revoke: [{ provider: "klaviyo", account: choices.klaviyo?.account }] });
    await workToken(jobCtx(), message);
    expect(await rowOf(id)).toMatchObject({ status: "reconnect_needed", probeResult: "revoked", failedAt: null });
    const calls = async () => (await counted()).calls.filter(({ provider }) => provider === "klaviyo").length;
    const before = await calls();
    await workToken(jobCtx(), message);
    expect(await calls(), "what waits for a person is left alone").toBe(before);
  });

  test("one that was under way while the account was connected again says nothing of it", async () => {
    const { id, tenant, browser } = await connected("klaviyo");
    const ctx = testTenantCtx(tenant, "system", {
      outbound: async (input, init) => {
        if (!String(input).includes("/api/accounts")) return fetch(input, init);
        await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: id });
        return new Response("{}", { status: 403 });
      },
    });
    await probeConnection(ctx, { connectionId: id });
    expect(await rowOf(id)).toMatchObject({ status: "active", probeResult: "ok" });
  });

  test("a provider that is down for several clients is tried in a few probes, and its incident ends with their answers", async () => {
    const shops = [await connected("klaviyo"), await connected("klaviyo"), await connected("klaviyo")];
    let now = Date.now();
    const ctx = jobCtx(() => now);
    const probeAll = async () => {
      for (const message of ctx.traces.tokens.splice(0)) await workToken(ctx, message);
    };
    await control({ limits: false, faults: [{ provider: "klaviyo", kind: "api", effect: { type: "error", status: 503 } }] });
    const vain = vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void) => void work()) as never);
    for (const { tenant, id } of shops) await workToken(ctx, { v: 1, type: "token.probe", tenant: tenant.id, connection: id });
    expect(await watchProviders(ctx)).toEqual({ opened: 1, closed: 0 });
    now += minute;
    expect(await watchProviders(ctx)).toEqual({ opened: 0, closed: 0 });
    await probeAll();
    vain.mockRestore();
    const seen = (await listIntegrations(shops[0]?.ctx ?? (await connected("klaviyo")).ctx)).find(({ provider }) => provider === "klaviyo");
    expect(seen?.incident).toMatchObject({ kind: "unavailable" });
    await control();
    now += minute;
    await watchProviders(ctx);
    await probeAll();
    now += minute;
    expect(await watchProviders(ctx)).toEqual({ opened: 0, closed: 1 });
    const all = await database.select().from(connections);
    expect(all.length).toBeGreaterThan(2);
    expect(all.every(({ status, failedAt }) => status === "active" && failedAt === null)).toBe(true);
  });
});

describe("disconnecting", () => {
  const farewells = (tenant: Tenant) =>
    database
      .select({ action: auditLog.action, details: auditLog.details })
      .from(auditLog)
      .where(eq(auditLog.tenantId, tenant.id))
      .then((lines) => lines.filter(({ action }) => action === "connection.access_returned").map(({ details }) => details.farewell));

  describe.each(providers.filter(({ oauth }) => oauth).map((provider) => [provider.id, provider] as const))("%s", (id, provider) => {
    const wanted = provider.oauth?.revocation ? "returned" : "by_hand";

    test("gives access back where that can be done, destroys what opens it, and keeps its history", async () => {
      const { tenant, id: connectionId, ctx } = await connected(id);
      const listed = { tenantId: tenant.id, connectionId, kind: "thing", externalId: "1", name: "Thing", listedAt: 1 };
      await database.insert(resources).values(listed).onConflictDoNothing();
      const { farewell, revoked, remark } = await disconnect(ctx, { connectionId });
      expect([farewell, revoked, remark === null]).toEqual([wanted, wanted === "returned", wanted === "returned"]);
      expect(await rowOf(connectionId)).toMatchObject({
        status: "disconnected",
        accessExpiresAt: null,
        renewAt: null,
        cliffAt: null,
        probeAt: null,
      });
      expect(await database.select().from(secrets).where(eq(secrets.connectionId, connectionId))).toEqual([]);
      expect(await database.select().from(resources).where(eq(resources.connectionId, connectionId))).toEqual([]);
      const waiting = await database.select().from(schedules).where(inTenant(ctx, schedules));
      expect(new Set(waiting.map(({ blocked }) => blocked))).toEqual(new Set(["not_connected"]));
      expect(await farewells(tenant)).toEqual([wanted]);
      expect(await disconnect(ctx, { connectionId }), "a second time is no error").toMatchObject({ farewell: null, revoked: false });
      expect(await farewells(tenant)).toEqual([wanted]);
    });

    test("when the provider does not answer it is disconnected all the same, and the person is told what becomes of the access", async () => {
      const { tenant, id: connectionId, ctx } = await connected(id);
      await control({ limits: false, faults: [{ provider: id, kind: "revoke", effect: { type: "error", status: 500 } }] });
      const { farewell, remark } = await disconnect(ctx, { connectionId });
      expect(farewell).toBe(wanted === "returned" ? "unreached" : "by_hand");
      expect(await rowOf(connectionId)).toMatchObject({ status: "disconnected" });
      expect(await farewells(tenant)).toEqual([farewell]);
      expect(provider.oauth?.removal, "where a person removes it by hand").toBeDefined();
      // By hand only where nothing else ends it: an access that could be given back is asked for again.
      const byHand = locales.map((locale) => remark && text(remark)[locale].includes(provider.oauth?.removal?.[locale] ?? "?"));
      expect(byHand).toEqual(locales.map(() => farewell === "by_hand"));
    });

    test("an access that the provider has ended already is gone, which is no failure", async () => {
      const { id: connectionId, ctx } = await connected(id);
      await control({ limits: false, revoke: [{ provider: id, account: choices[id]?.account }] });
      const { farewell } = await disconnect(ctx, { connectionId });
      expect(["returned", "gone", "by_hand"]).toContain(farewell);
      expect(await rowOf(connectionId)).toMatchObject({ status: "disconnected" });
    });
  });

  test("an access token that has ended is renewed first, so that what it opens ends with it", async () => {
    const { id: connectionId, tenant } = await connected("shopify");
    const held = await rowOf(connectionId);
    const later = testTenantCtx(tenant, "owner", { now: () => (held?.accessExpiresAt ?? 0) + hour });
    await fetch("http://sandbox.test/__sandbox/expire", {
      method: "POST",
      body: JSON.stringify({ provider: "shopify", kinds: ["access"] }),
    });
    expect(await disconnect(later, { connectionId })).toMatchObject({ farewell: "returned" });
  });

  test("tokens that a slow renewal brings after the end are given back as well", async () => {
    const { id: connectionId, ctx } = await connected("klaviyo");
    await control({
      limits: false,
      faults: [{ provider: "klaviyo", kind: "token", grantType: "refresh_token", effect: { type: "slow", ms: 2_500 } }],
    });
    const revocations = async () =>
      (await counted()).calls.filter(({ path }) => path === "/oauth/revoke").reduce((sum, { count }) => sum + count, 0);
    const before = await revocations();
    const renewing = renewTokens(ctx, await holdConnection(ctx, connectionId), { trigger: "person" });
    const refused = expect(renewing).rejects.toMatchObject({ kind: "revoked" });
    await vi.waitFor(async () => expect((await holdConnection(ctx, connectionId)).connection.leaseUntil).not.toBeNull());
    await disconnect(ctx, { connectionId });
    await refused;
    expect((await revocations()) - before).toBe(2);
  });

  test("two at once end it once", async () => {
    const { id: connectionId, ctx, tenant } = await connected("klaviyo");
    const both = await Promise.all([disconnect(ctx, { connectionId }), disconnect(testTenantCtx(tenant), { connectionId })]);
    expect(both.map(({ farewell }) => farewell).sort()).toEqual(["returned", null].sort());
    expect(await farewells(tenant)).toEqual(["returned"]);
  });

  test("a workspace's bot, which Slack gives to whoever connects it, is left to the other tenant", async () => {
    const one = await connected("slack");
    const two = await connected("slack");
    expect(await disconnect(one.ctx, { connectionId: one.id })).toMatchObject({ farewell: "by_hand", revoked: false });
    expect(await disconnect(two.ctx, { connectionId: two.id })).toMatchObject({ farewell: "returned" });
  });

  test("a grant on which another tenant's connection lives is left; a key of the same account keeps nothing alive", async () => {
    const one = await connected("google");
    const two = await connected("google");
    expect(await disconnect(one.ctx, { connectionId: one.id })).toMatchObject({ farewell: "by_hand", revoked: false });
    await probeConnection(two.ctx, { connectionId: two.id });
    expect(await rowOf(two.id)).toMatchObject({ probeResult: "ok" });
    const row = await rowOf(two.id);
    if (!row) throw new Error("not connected");
    await database.insert(connections).values({ ...row, id: "con_key_of_the_same", tenantId: (await makeTenant()).id, kind: "key" });
    expect(await disconnect(two.ctx, { connectionId: two.id })).toMatchObject({ farewell: "returned" });
  });

  test.each(providers.filter(({ key }) => key).map((provider) => [provider.id, provider] as const))(
    "a key of %s is destroyed here, and its owner is told that it stays good there",
    async (_id, provider) => {
      const tenant = await makeTenant();
      const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
      const ctx = testTenantCtx(tenant, "owner", { actor });
      const fields = Object.fromEntries(
        (provider.key?.fields ?? []).filter(({ secret }) => secret).map(({ name }) => [name, "a-secret-key"]),
      );
      const stored = await storeConnection(ctx, provider, {
        kind: "key",
        identity: { externalId: `key-of-${tenant.id}`, name: "Key", details: {} },
        grant: provider.key?.tokens
          ? { accessToken: "bought", refreshToken: undefined, expiresInS: 3600, refreshExpiresInS: undefined, scopes: undefined }
          : null,
        keys: fields,
        fields: {},
        asked: [],
        granted: [],
        listed: new Map(),
        becomes: null,
      });
      const outbound = vi.fn(fetch);
      const { farewell, remark } = await disconnect({ ...ctx, fetch: outbound }, { connectionId: stored.id });
      expect(farewell).toBe("key");
      expect(outbound).not.toHaveBeenCalled();
      for (const locale of locales) expect(remark && text(remark)[locale]).toContain(provider.name);
      expect(provider.key?.removal).toBeDefined();
      expect((await holdConnection(ctx, stored.id)).secrets).toEqual([]);
    },
  );
});
