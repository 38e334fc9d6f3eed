import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, measurements, resources, runs, schedules } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { findOAuthProvider, findProvider } from "#server/catalog/providers/registry.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { chooseResources } from "#server/domain/connecting/choose-resources.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { keepResources } from "#server/domain/connecting/keep-resources.ts";
import { preferConnection } from "#server/domain/connecting/prefer-connection.ts";
import { refreshResources } from "#server/domain/connecting/refresh-resources.ts";
import { grantedAfter } from "#server/domain/connecting/scopes-to-ask.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { listResourcesOf } from "#server/domain/connections/list-resources-of.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { listUnusedScopes } from "#server/domain/integrations/unused-scopes.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { listJobSettings } from "#server/domain/schedules/job-settings.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { begin, comeBack, connectThrough, control, decide, visit } from "./consent.ts";

const db = openDb(testEnv.DB);
const analytics = "https://www.googleapis.com/auth/analytics.readonly";
const calendar = "https://www.googleapis.com/auth/calendar.readonly";
const several = "owner@acme-gifts.example";
const one = "owner@beta.example";
const property = { kind: "ga4_property" };

beforeEach(() => control({ limits: false }));
afterEach(() => control());

/** Connects a person's Google account; `granular` are the scopes that they tick. */
async function connectGoogle(
  browser: Ctx,
  tenant: Tenant,
  account: string,
  { scopes, ...query }: { sets?: string; connection?: string; only?: string; return?: string; scopes?: string[] } = {},
) {
  const { location } = await begin(browser, { provider: "google", tenant: tenant.id, ...query });
  const next = await comeBack(browser, "google", await decide(location, { account, ...(scopes && { scopes }) }));
  return { next, authorize: new URL(location), asked: new URL(location).searchParams.get("scope")?.split(" ") ?? [] };
}

async function connected(account = several, query: Parameters<typeof connectGoogle>[3] = {}) {
  const { browser, tenant } = await visit();
  const way = await connectGoogle(browser, tenant, account, query);
  const ctx = testTenantCtx(tenant, "owner", { actor: browser.actor });
  const row = await only(ctx);
  return { ...way, browser, tenant, ctx, id: row.id };
}

async function only(ctx: ReturnType<typeof testTenantCtx>) {
  const [row, ...others] = await listConnections(ctx);
  if (!row || others.length > 0) throw new Error("expected one connection");
  return row;
}

const scheduleOf = async (tenant: Tenant, job: string) => {
  const [row] = await db
    .select()
    .from(schedules)
    .where(and(eq(schedules.tenantId, tenant.id), eq(schedules.job, job)));
  return row;
};

/** As a run leaves it: a cursor, figures, and a success. */
async function measured(tenant: Tenant, job = "ga4-sensor") {
  const of = and(eq(schedules.tenantId, tenant.id), eq(schedules.job, job));
  await db.batch([
    db
      .update(schedules)
      .set({ cursor: { property: "1", creditedOn: "2026-01-01", channels: [] }, lastSuccessAt: 1, nextAt: Date.now() + 9e6 })
      .where(of),
    db
      .insert(measurements)
      .values({ tenantId: tenant.id, job, metric: "sessions", day: "2026-01-01", value: 1, measuredAt: 1 })
      .onConflictDoNothing(),
  ]);
}
const figures = (tenant: Tenant) => db.select().from(measurements).where(eq(measurements.tenantId, tenant.id));
const ids = (account: string) => propertiesOf(account).map(({ id }) => id);

describe("where a login opens several things", () => {
  test("the person is asked on the way back, and the job waits until they chose", async () => {
    const { tenant, next, ctx, id } = await connected(several, { return: "/onboarding" });
    const page = new URL(next.location, "http://portal.test");
    expect(page.pathname).toBe(`/t/${tenant.id}/integrations/google/choose`);
    expect(Object.fromEntries(page.searchParams)).toEqual({ connection: id, kind: "ga4_property", return: "/onboarding", ask: "all" });
    expect((await scheduleOf(tenant, "ga4-sensor"))?.blocked).toBe("choice_needed");
    const [, second = ""] = ids(several);
    expect(await chooseResources(ctx, { connectionId: id, ...property, ids: [second] })).toMatchObject([{ id: second }]);
    expect(await scheduleOf(tenant, "ga4-sensor")).toMatchObject({ blocked: null, source: expect.stringContaining(second) });
    expect((await only(ctx)).chosen).toMatchObject([{ id: second }]);
    const lines = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.id), eq(auditLog.action, "connection.chosen")));
    expect(lines).toMatchObject([{ details: { kind: "ga4_property", chosen: [second] } }]);
  });

  test("where there is only one, nobody is asked", async () => {
    const { tenant, next, ctx } = await connected(one);
    expect(next.location).toBe(`/t/${tenant.id}/integrations`);
    expect((await only(ctx)).chosen.map(({ id }) => id)).toEqual(ids(one));
    expect((await scheduleOf(tenant, "ga4-sensor"))?.blocked).toBeNull();
  });

  test("what the portal itself uses is neither asked for on the way back nor chosen by itself, and can be chosen and given up", async () => {
    const { browser, tenant } = await visit();
    const next = await connectThrough(browser, { tenant: tenant.id, provider: "slack" });
    expect(next.location).not.toContain("/choose");
    const ctx = testTenantCtx(tenant, "owner", { actor: browser.actor });
    const { id, chosen } = await only(ctx);
    expect(chosen).toEqual([]);
    const channel = { kind: "slack_channel" };
    const { items } = await listResourcesOf(ctx, { connectionId: id, ...channel, limit: 50, ids: [] });
    // Neither the one that is archived nor the private one, which nobody allowed us to see.
    expect(items.map(({ name }) => name)).toEqual(["#general", "#sales", "#unjoined"]);
    const single = new Map([[channel.kind, [{ ...channel, id: "C0GENERAL00", name: "#general" }]]]);
    expect(keepResources(ctx, findProvider("slack"), { connectionId: id, chosen: [], listed: single })).toMatchObject({
      chosen: [],
      toChoose: [],
    });
    await chooseResources(ctx, { connectionId: id, ...channel, ids: ["C0SALES0000"] });
    expect((await only(ctx)).chosen).toMatchObject([{ id: "C0SALES0000", name: "#sales" }]);
    await chooseResources(ctx, { connectionId: id, ...channel, ids: [] });
    expect((await only(ctx)).chosen).toEqual([]);
  });

  test("only what is listed can be chosen, one where one is read, and nothing under somebody else's account", async () => {
    const { ctx, id, tenant } = await connected();
    const choose = (wanted: string[], kind = "ga4_property", as = ctx) => chooseResources(as, { connectionId: id, kind, ids: wanted });
    await expect(choose(["77"])).rejects.toMatchObject({ kind: "invalid", field: "ids" });
    await expect(choose(ids(several))).rejects.toMatchObject({ kind: "invalid", field: "ids" });
    await expect(choose([], "ad_account")).rejects.toMatchObject({ kind: "invalid", field: "kind" });
    const stranger = testTenantCtx(await makeTenant());
    await expect(choose([], "ga4_property", stranger)).rejects.toMatchObject({ kind: "not_found" });
    await expect(listResourcesOf(stranger, { connectionId: id, ...property, limit: 50, ids: [] })).rejects.toMatchObject({
      kind: "not_found",
    });
    await expect(refreshResources(stranger, { connectionId: id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(preferConnection(stranger, { connectionId: id })).rejects.toMatchObject({ kind: "not_found" });
    const viewer = testTenantCtx(tenant, "viewer");
    for (const verb of [
      choose([], "ga4_property", viewer),
      refreshResources(viewer, { connectionId: id }),
      preferConnection(viewer, { connectionId: id }),
    ])
      await expect(verb).rejects.toMatchObject({ kind: "forbidden" });
    expect((await only(ctx)).chosen).toEqual([]);
  });

  test("another choice begins anew: the figures, the cursor and a run that is at it are of the old one", async () => {
    const { ctx, id, tenant } = await connected();
    const [first = "", second = ""] = ids(several);
    await chooseResources(ctx, { connectionId: id, ...property, ids: [first] });
    await measured(tenant);
    await measured(tenant, "shopify-sensor");
    // The run that began with the choice is at it.
    const [run] = await db
      .update(runs)
      .set({ status: "running", lease: "somebody", attempt: 1 })
      .where(and(eq(runs.tenantId, tenant.id), eq(runs.job, "ga4-sensor")))
      .returning();
    if (!run) throw new Error("the choice began no run");
    // The same once more changes nothing.
    await chooseResources(ctx, { connectionId: id, ...property, ids: [first] });
    expect(await figures(tenant)).toHaveLength(2);
    expect((await scheduleOf(tenant, "ga4-sensor"))?.cursor).not.toBeNull();

    await chooseResources(ctx, { connectionId: id, ...property, ids: [second] });
    expect(await scheduleOf(tenant, "ga4-sensor")).toMatchObject({ cursor: null, lastSuccessAt: null, blocked: null });
    expect((await figures(tenant)).map(({ job }) => job)).toEqual(["shopify-sensor"]);
    const [left] = await db.select().from(runs).where(eq(runs.id, run.id));
    expect(left).toMatchObject({ status: "queued", lease: null, attempt: 0 });
  });

  test("what is chosen, or connected again, while the provider answers another sign-in of the same account, is kept by it", async () => {
    const { browser, tenant, ctx, id } = await connected();
    const [, second = ""] = ids(several);
    const meanwhile = async (work: () => Promise<unknown>) => {
      let isDone = false;
      const outbound: typeof fetch = async (input, init) => {
        if (!isDone) {
          isDone = true;
          await work();
        }
        return fetch(input, init);
      };
      await connectGoogle({ ...browser, fetch: outbound }, tenant, several);
      return only(ctx);
    };
    const before = await only(ctx);
    const chosen = await meanwhile(() => chooseResources(ctx, { connectionId: id, ...property, ids: [second] }));
    expect(chosen).toMatchObject({ id, status: "active", version: before.version + 1, chosen: [{ id: second }] });
    expect(await scheduleOf(tenant, "ga4-sensor")).toMatchObject({ blocked: null, source: expect.stringContaining(second) });
    const again = await meanwhile(() => connectGoogle(browser, tenant, several));
    expect(again).toMatchObject({ id, status: "active", version: chosen.version + 2, chosen: [{ id: second }] });
    const lines = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.id), eq(auditLog.action, "connection.reconnected")));
    expect(lines).toHaveLength(3);
  });

  test("what was chosen and is gone is said, nothing takes its place, and its figures stay until something does", async () => {
    const { ctx, id, tenant } = await connected();
    const [first = "", second = ""] = ids(several);
    await chooseResources(ctx, { connectionId: id, ...property, ids: [first] });
    await measured(tenant);
    // As if the provider had listed another one when this was chosen.
    const chosen = [{ kind: "ga4_property", id: "999", name: "Closed" }];
    await db.batch([
      db.update(connections).set({ chosen }).where(eq(connections.id, id)),
      db.update(schedules).set({ source: "google x ga4_property=999" }).where(eq(schedules.tenantId, tenant.id)),
    ]);
    expect(await refreshResources(ctx, { connectionId: id })).toMatchObject({ listed: { ga4_property: 5 }, gone: [{ id: "999" }] });
    expect((await scheduleOf(tenant, "ga4-sensor"))?.blocked).toBe("choice_gone");
    expect(await figures(tenant)).toHaveLength(1);
    const google = (await listIntegrations(ctx)).find(({ provider }) => provider === "google");
    expect(google?.connections[0]?.choices).toMatchObject([{ kind: "ga4_property", needed: true, chosen: [{ id: "999", gone: true }] }]);
    await chooseResources(ctx, { connectionId: id, ...property, ids: [second] });
    expect(await scheduleOf(tenant, "ga4-sensor")).toMatchObject({ blocked: null, cursor: null });
    expect(await figures(tenant)).toEqual([]);
  });

  test("they are listed anew on demand: a provider that is down changes nothing, and nobody asks it without end", async () => {
    const { ctx, id } = await connected();
    const before = await listResourcesOf(ctx, { connectionId: id, ...property, limit: 50, ids: [] });
    await control({ faults: [{ provider: "google", kind: "api", effect: { type: "error", status: 503 } }], limits: false });
    const down = { ...ctx, fetch: (async () => new Response("", { status: 503, headers: { "retry-after": "60" } })) as typeof fetch };
    await expect(refreshResources(down, { connectionId: id })).rejects.toMatchObject({ kind: "unavailable" });
    expect(await listResourcesOf(ctx, { connectionId: id, ...property, limit: 50, ids: [] })).toEqual(before);
    await control();
    for (let tries = 1; tries < 10; tries++) await refreshResources(ctx, { connectionId: id });
    await expect(refreshResources(ctx, { connectionId: id })).rejects.toMatchObject({ kind: "rate_limited" });
    await db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.id, id));
    await expect(refreshResources(ctx, { connectionId: id })).rejects.toMatchObject({ kind: "conflict" });
  });

  test("among many one is found by a part of its name or id, in pages, over the index alone", async () => {
    const { ctx, id, tenant } = await connected();
    const many = Array.from({ length: 340 }, (_, place) => ({
      tenantId: tenant.id,
      connectionId: id,
      kind: "ga4_property",
      externalId: `many-${String(place).padStart(3, "0")}`,
      name: place === 77 ? "École du Nord" : `Property ${place % 7}`,
      listedAt: 1,
    }));
    for (let from = 0; from < many.length; from += 10) await db.insert(resources).values(many.slice(from, from + 10));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listResourcesOf(ctx, { connectionId: id, ...property, limit: 50, cursor, ids: [] });
      expect(page.total).toBe(345);
      seen.push(...page.items.map((item) => item.id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(new Set(seen).size).toBe(345);
    const found = async (search: string) =>
      (await listResourcesOf(ctx, { connectionId: id, ...property, limit: 5, search, ids: [] })).items.map((item) => item.id);
    expect(await found("école")).toEqual(["many-077"]);
    expect(await found("ECOLE")).toEqual(["many-077"]);
    expect(await found("MANY-339")).toEqual(["many-339"]);
    expect(await found("100%")).toEqual([]);
    await expect(listResourcesOf(ctx, { connectionId: id, ...property, limit: 5, cursor: "nonsense", ids: [] })).rejects.toMatchObject({
      kind: "invalid",
    });
    const plan = await testEnv.DB.prepare(
      "explain query plan select external_id from resources where tenant_id = ? and connection_id = ? and kind = ? order by lower(name), external_id limit 51",
    )
      .bind("t", "c", "k")
      .all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail).join()).toContain("USING INDEX resources_name");
  });
});

describe("where a client has several accounts at one provider", () => {
  async function two() {
    const first = await connected(one);
    const { next } = await connectGoogle(first.browser, first.tenant, "owner@gamma.example");
    expect(next.toast?.kind).toBe("success");
    const rows = await listConnections(first.ctx);
    const [a, b] = rows;
    if (!a || !b) throw new Error("expected two connections");
    const readers = async () => {
      const google = (await listIntegrations(first.ctx)).find(({ provider }) => provider === "google");
      return google?.connections.filter(({ reads }) => reads.some(({ id }) => id === "ga4-sensor")).map(({ id }) => id);
    };
    return { ...first, a, b, readers };
  }

  test("a second one takes nothing away, the client says which one is read, and that begins anew", async () => {
    const { ctx, tenant, a, b, readers } = await two();
    expect(await readers()).toEqual([a.id]);
    await measured(tenant);
    await preferConnection(ctx, { connectionId: b.id });
    expect(await readers()).toEqual([b.id]);
    expect(await figures(tenant)).toEqual([]);
    expect((await scheduleOf(tenant, "ga4-sensor"))?.source).toContain(b.externalId);
    await measured(tenant);
    await preferConnection(ctx, { connectionId: b.id });
    expect(await figures(tenant)).toHaveLength(1);
    await db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.id, a.id));
    await expect(preferConnection(ctx, { connectionId: a.id })).rejects.toMatchObject({ kind: "conflict" });
  });

  test("a job waits with its own account rather than read another's, and goes over to it once that is disconnected", async () => {
    const { ctx, browser, tenant, a, b, readers } = await two();
    await db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.id, a.id));
    expect(await readers()).toEqual([]);
    // Connecting it again makes it no younger.
    await connectGoogle(browser, tenant, one, { connection: a.id });
    expect(await readers()).toEqual([a.id]);
    await disconnect(ctx, { connectionId: a.id });
    expect(await readers()).toEqual([b.id]);
  });

  test("the first in the client's order that allows what the job needs and has it chosen is read, whoever asks", () => {
    const job = { needs: [{ provider: "google", scopes: [analytics], resource: "ga4_property" }] };
    const base = { provider: "google", kind: "oauth", status: "active", scopesGranted: [analytics], preferredAt: null } as const;
    const chosen = [{ kind: "ga4_property", id: "1" }];
    const old = { ...base, id: "con_1", externalId: "a", chosen };
    const young = { ...base, id: "con_2", externalId: "b", chosen };
    const read = (...rows: Parameters<typeof chooseAccount>[2]) => {
      const found = chooseAccount(job, "google", rows);
      return "account" in found ? found.account.id : found.block;
    };
    expect(read(young, old)).toBe("con_1");
    expect(read(old, { ...young, preferredAt: 5 })).toBe("con_2");
    expect(read({ ...old, chosen: [] }, young)).toBe("con_2");
    expect(read({ ...old, scopesGranted: [] }, young)).toBe("con_2");
    expect(read({ ...old, status: "reconnect_needed" }, young)).toBe("reconnect_needed");
    expect(read({ ...old, status: "disconnected" }, young)).toBe("con_2");
    expect(read({ ...old, chosen: [{ ...chosen[0], kind: "ga4_property", id: "1", gone: true }] })).toBe("choice_gone");
    expect(read({ ...old, chosen: [] })).toBe("choice_needed");
    expect(read({ ...old, scopesGranted: [] })).toBe("missing_scopes");
    expect(read()).toBe("not_connected");
    // One account connected both ways: OAuth, and the key where OAuth waits.
    const key = { ...old, id: "con_0", kind: "key", preferredAt: 9 } as const;
    expect(read(key, old)).toBe("con_1");
    expect(read(key, { ...old, status: "reconnect_needed" })).toBe("con_0");
  });
});

describe("what is granted against what is needed", () => {
  test("the missing ones are asked for alone, what was granted stays, and what was asked for is remembered", async () => {
    await control({ revoke: [{ provider: "google", account: one }], limits: false });
    const { browser, tenant, ctx, id } = await connected(one, { sets: "analytics,calendar", scopes: [analytics] });
    expect((await only(ctx)).scopesGranted).not.toContain(calendar);
    const way = await connectGoogle(browser, tenant, one, { connection: id, only: "missing" });
    expect(way.asked).toEqual(["openid", "email", "profile", calendar]);
    const row = await only(ctx);
    expect(row.scopesGranted).toEqual(expect.arrayContaining([analytics, calendar]));
    expect(row.scopesAsked).toEqual(expect.arrayContaining([analytics, calendar]));
    // With nothing missing it is an ordinary reconnect.
    const again = await connectGoogle(browser, tenant, one, { connection: id, only: "missing" });
    expect(again.asked).toEqual(expect.arrayContaining([analytics, calendar]));
  });

  test("a wish is asked for alone too, and one that is denied leaves the connection as it works", async () => {
    // Google remembers what this person granted in other tests.
    await control({ revoke: [{ provider: "google", account: one }], limits: false });
    const { browser, tenant, ctx, id } = await connected(one, { sets: "analytics" });
    const before = (await only(ctx)).scopesGranted;
    const way = await connectGoogle(browser, tenant, one, { connection: id, only: "missing", sets: "calendar", scopes: [] });
    expect(way.asked).toEqual(["openid", "email", "profile", calendar]);
    expect(way.next.toast).toMatchObject({ kind: "info", message: expect.stringMatching(/are missing: Calendar/) });
    expect((await only(ctx)).scopesGranted).toEqual(expect.arrayContaining(before));
    expect((await scheduleOf(tenant, "ga4-sensor"))?.blocked).toBeNull();
  });

  test("a permission by name must be one of the provider's", async () => {
    const { browser, tenant } = await visit();
    const next = await begin(browser, { provider: "google", tenant: tenant.id, scopes: "https://evil.example/scope" });
    expect(next.toast?.kind).toBe("error");
    const { location } = await begin(browser, { provider: "google", tenant: tenant.id, scopes: calendar });
    expect(new URL(location).searchParams.get("scope")?.split(" ")).toEqual(["openid", "email", "profile", calendar]);
  });

  test("a reply of the new ones alone adds to what there was where the provider merges; a whole one is the truth", () => {
    const google = findOAuthProvider("google");
    const partly = { ...google, oauth: { ...google.oauth, repliesPartly: true } };
    const forgetful = { ...google, oauth: { ...google.oauth, incremental: false, repliesPartly: true } };
    const consent = { before: ["openid", "a"] };
    expect(grantedAfter(partly, { ...consent, said: ["openid", "b"] })).toEqual(["openid", "a", "b"]);
    expect(grantedAfter(google, { ...consent, said: ["openid", "b"] })).toEqual(["openid", "b"]);
    // Silence takes nothing away there, and gives nothing anywhere.
    expect(grantedAfter(google, { ...consent, said: undefined })).toEqual(["openid", "a"]);
    expect(grantedAfter(forgetful, { ...consent, said: undefined })).toEqual([]);
    expect(grantedAfter(forgetful, { ...consent, said: ["openid", "b"] })).toEqual(["openid", "b"]);
  });

  test("another account than the awaited one is asked about on a page, and can be connected as a second one", async () => {
    const { browser, tenant, ctx, id } = await connected(one);
    const before = await only(ctx);
    const { next } = await connectGoogle(browser, tenant, "owner@gamma.example", { connection: id });
    expect(next.location).toBe(`/t/${tenant.id}/integrations/google?other=${id}`);
    expect(await only(ctx)).toEqual(before);
    await connectGoogle(browser, tenant, "owner@gamma.example");
    expect(await listConnections(ctx)).toHaveLength(2);
  });

  test("what nothing has used for 90 days is reported, and a young connection is left in peace", async () => {
    const { tenant, ctx } = await connected(one, { sets: "analytics,calendar,search-console" });
    expect(await listUnusedScopes(ctx)).toEqual([]);
    const later = testTenantCtx(tenant, "owner", { now: () => Date.now() + 100 * 86_400_000 });
    const [all] = await listUnusedScopes(later);
    expect(all?.scopes).toContain(analytics);
    await db
      .update(schedules)
      .set({ lastSuccessAt: later.now() - 86_400_000 })
      .where(and(eq(schedules.tenantId, tenant.id), eq(schedules.job, "ga4-sensor")));
    const [unused] = await listUnusedScopes(later);
    expect(unused).toMatchObject({ provider: "google", since: expect.any(Number) });
    expect([...(unused?.scopes ?? [])].sort()).toEqual([calendar, "https://www.googleapis.com/auth/webmasters.readonly"].sort());
  });
});

describe("how a job measures", () => {
  test("its form is drawn from its own schema, and what does not fit is refused by its field", async () => {
    const ctx = testTenantCtx(await makeTenant());
    const shop = async () => (await listJobSettings(ctx)).find(({ job }) => job === "shopify-sensor")?.fields;
    expect(await shop()).toMatchObject([{ name: "lowStockAt", type: "integer", minimum: 1, maximum: 1000, value: 5 }]);
    for (const lowStockAt of [0, 1.5, "many"]) {
      const config = { lowStockAt };
      await expect(configureJob(ctx, { job: "shopify-sensor", config })).rejects.toMatchObject({ kind: "invalid", field: "lowStockAt" });
    }
    await configureJob(ctx, { job: "shopify-sensor", config: { lowStockAt: 12, foreign: "left out" } });
    expect(await shop()).toMatchObject([{ value: 12 }]);
    expect((await scheduleOf(ctx.tenant, "shopify-sensor"))?.config).toEqual({ lowStockAt: 12 });
    await expect(configureJob(ctx, { job: "no-such-job", config: {} })).rejects.toMatchObject({ kind: "not_found" });
    const member = testTenantCtx(ctx.tenant, "member");
    await expect(configureJob(member, { job: "shopify-sensor", config: {} })).rejects.toMatchObject({ kind: "forbidden" });
  });

  test("every setting has words in three languages", async () => {
    const { actor } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
    const [membership] = actor.memberships;
    const settings = await createCaller(testCtx({ actor })).runs.settings({ tenant: membership?.tenant.id ?? "" });
    expect(settings.length).toBeGreaterThan(1);
    for (const { label } of settings.flatMap(({ fields }) => fields)) expect(Object.keys(label).sort()).toEqual(["en", "fr", "he"]);
  });
});
