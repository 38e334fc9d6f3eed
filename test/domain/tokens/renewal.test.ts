import { and, desc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, devMails, renewals, secrets, users } from "#db/schema/index.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { alignPlans, unplanned } from "#server/domain/tokens/align-plans.ts";
import { claimRenewals, dueForRenewal } from "#server/domain/tokens/claim-renewals.ts";
import { cliffOf, versionCliffs, warningAt } from "#server/domain/tokens/cliffs.ts";
import { coolDownMs } from "#server/domain/tokens/cool-down.ts";
import { forgetRenewals } from "#server/domain/tokens/forget-renewals.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { probeFailingEveryMs } from "#server/domain/tokens/probe-times.ts";
import { renewalDueAt, renewalPlanOf } from "#server/domain/tokens/renewal-plan.ts";
import { unwarned, warnCliffs } from "#server/domain/tokens/warn-cliffs.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { connectThrough, control, counted, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const db = openDb(testEnv.DB);

beforeEach(() => control({ limits: false }));
afterEach(async () => {
  await control();
  // Chores look across tenants: no test shall find another one's connections due.
  await db.update(connections).set({ status: "disconnected" });
});

const cron = (more: TestCtx = {}) => testCtx({ actor: { type: "system", job: "cron" }, ...more });
const rowOf = async (id: string): Promise<ConnectionRow> => {
  const [row] = await db.select().from(connections).where(eq(connections.id, id));
  if (!row) throw new Error("no such connection");
  return row;
};
const set = (id: string, columns: Partial<ConnectionRow>) => db.update(connections).set(columns).where(eq(connections.id, id));
const historyOf = (id: string) => db.select().from(renewals).where(eq(renewals.connectionId, id)).orderBy(desc(renewals.id));
const messageOf = (tenant: Tenant, id: string) => ({ v: 1, type: "token.renew", tenant: tenant.id, connection: id }) as const;

async function connected(provider: string) {
  const { browser, tenant, actor } = await visit();
  const next = await connectThrough(browser, { tenant: tenant.id, provider });
  expect(next.toast?.kind).toBe("success");
  const [row] = await listConnections(testTenantCtx(tenant));
  if (!row) throw new Error("not connected");
  await control();
  await control({ limits: false });
  return { tenant, id: row.id, browser, actor };
}

async function staffCaller(more: TestCtx = {}) {
  const { actor } = await makeUser({ staff: true });
  return createCaller(testCtx({ actor, ...more }));
}

/** A row as a store of tokens leaves it, in no database. */
function facts(more: Partial<ConnectionRow> = {}, fields = ["access_token", "refresh_token"]) {
  const connection = {
    id: newId("con", Date.now()),
    provider: "klaviyo",
    kind: "oauth" as const,
    details: {},
    accessExpiresAt: hour,
    refreshExpiresAt: null,
    connectedAt: 0,
    lastRefreshAt: null,
    renewFailures: 0,
    coolUntil: null,
    cliffAt: null,
    cliffKind: null,
    cliffWarned: null,
    ...more,
  };
  return { connection, secrets: fields.map((field) => ({ field })) };
}

/** Counts what is sent to the token endpoint, and answers it where `answer` does. */
function tokenEndpoint(answer: () => Response | Promise<Response | null> | null = () => null) {
  const heard = { asked: 0 };
  const outbound: typeof fetch = async (input, init) => {
    if (!/(oauth\/token|access_token)$/.test(String(input))) return fetch(input, init);
    heard.asked++;
    return (await answer()) ?? fetch(input, init);
  };
  return { heard, outbound };
}

const badGateway = () => new Response("Bad Gateway", { status: 502 });

describe("when a token is renewed", () => {
  test("a quarter of its life ahead, and up to half of that earlier", () => {
    for (const [life, least, most] of [
      [hour, 37.5 * minute, 45 * minute],
      [60 * day, 45 * day - hour, 45 * day],
      [12 * hour, 8 * hour, 9 * hour],
      [10 * minute, 2.5 * minute, 5 * minute],
      [4 * minute, minute, 2 * minute],
    ] as const) {
      for (let times = 0; times < 50; times++) {
        const at = renewalDueAt(facts({ accessExpiresAt: life })) ?? 0;
        expect(at, `of ${life}`).toBeGreaterThanOrEqual(least);
        expect(at, `of ${life}`).toBeLessThanOrEqual(most);
      }
    }
  });

  test("a thousand tokens of one second are not renewed in one second, and each of them always at the same point of its life", () => {
    const all = Array.from({ length: 1000 }, () => facts());
    const perSecond = new Map<number, number>();
    for (const each of all) {
      const second = Math.floor((renewalDueAt(each) ?? 0) / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(Math.max(...perSecond.values())).toBeLessThan(15);
    expect(perSecond.size).toBeGreaterThan(300);
    for (const each of all.slice(0, 20)) expect(renewalDueAt(each)).toBe(renewalDueAt(structuredClone(each)));
  });

  test("never where there is nothing to renew it with, or no end; at once where the provider wants a lasting one exchanged", () => {
    expect(renewalDueAt(facts({}, ["access_token"]))).toBeNull();
    expect(renewalDueAt(facts({ accessExpiresAt: null }))).toBeNull();
    const lasting = facts({ provider: "shopify", accessExpiresAt: null, details: { shop: "a.myshopify.com" } }, ["access_token"]);
    expect(renewalDueAt(lasting)).toBe(0);
    lasting.connection.lastRefreshAt = hour;
    expect(renewalDueAt(lasting), "an exchange that gave a lasting one again is not repeated each minute").toBe(hour + day);
  });

  test("not before a failure has cooled down", () => {
    expect(renewalPlanOf(facts({ coolUntil: 2 * hour, renewFailures: 3 })).renewAt).toBe(2 * hour);
  });

  test("a failure cools down twice as long each time, up to an hour, and at least as long as the provider asked for", () => {
    const wait = (failures: number, retryAfterS?: number, kind: "unavailable" | "misconfigured" = "unavailable") =>
      coolDownMs({ kind, retryAfterS }, { failures, random: 0.5 });
    expect([0, 1, 2, 30].map((failures) => wait(failures))).toEqual([30_000, 60_000, 120_000, hour]);
    expect(wait(0, 300)).toBeGreaterThanOrEqual(300_000);
    expect(wait(0, 86_400)).toBeLessThanOrEqual(hour + 10_000);
    expect(wait(30, undefined, "misconfigured")).toBe(10 * minute);
  });
});

describe("the cron", () => {
  test("storing tokens says when they are renewed: connecting, and each renewal", async () => {
    const { tenant, id } = await connected("shopify");
    const row = await rowOf(id);
    expect(row.renewAt).toBeGreaterThan(Date.now() + 37 * minute);
    expect(row.renewAt).toBeLessThan(Date.now() + 46 * minute);
    const later = Date.now() + 50 * minute;
    await workToken(cron({ now: () => later }), messageOf(tenant, id));
    expect((await rowOf(id)).renewAt).toBeGreaterThan(later + 37 * minute);
  });

  test("claims what is due once, of suspended clients too, and again where the message was lost", async () => {
    const tenants = await Promise.all([makeTenant(), makeTenant({ status: "suspended" }), makeTenant({ status: "onboarding" })]);
    const ids: string[] = [];
    for (const tenant of tenants) ids.push(await insertConnection(tenant, { renewAt: Date.now() - 1 }));
    await insertConnection(tenants[0] as Tenant, { renewAt: Date.now() + hour });
    await insertConnection(tenants[0] as Tenant, { renewAt: Date.now() - 1, status: "reconnect_needed" });
    const [one, two] = [cron(), cron()];
    const claimed = await Promise.all([claimRenewals(one), claimRenewals(two)]);
    expect(claimed.reduce((a, b) => a + b)).toBe(3);
    const sent = [...one.traces.tokens, ...two.traces.tokens];
    expect(sent.map(({ connection }) => connection).sort()).toEqual(ids.sort());
    expect(sent.every(({ type }) => type === "token.renew")).toBe(true);
    expect(await claimRenewals(cron({ now: () => Date.now() + 4 * minute }))).toBe(0);
    expect(await claimRenewals(cron({ now: () => Date.now() + 6 * minute }))).toBe(3);
  });

  test("finds what is due by its index, and reads nothing else", async () => {
    const query = db.select().from(connections).where(dueForRenewal(Date.now())).toSQL();
    const { results } = await testEnv.DB.prepare(`explain query plan ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>();
    expect(results.map(({ detail }) => detail).join()).toContain("USING INDEX connections_renew (renew_at>? AND renew_at<?)");
  });

  test("a message that comes twice renews once; one that comes too early, too late or for what is gone does nothing", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { heard, outbound } = tokenEndpoint();
    const due = { outbound, now: () => Date.now() + 50 * minute };
    await workToken(cron({ outbound }), messageOf(tenant, id));
    expect(heard.asked).toBe(0);
    await Promise.all([1, 2, 3].map(() => workToken(cron(due), messageOf(tenant, id))));
    expect(heard.asked).toBe(1);
    await workToken(cron(due), messageOf(tenant, newId("con", 0)));
    await workToken(cron(due), { ...messageOf(tenant, id), tenant: "nobody" });
    await set(id, { status: "disconnected" });
    await workToken(cron({ ...due, now: () => Date.now() + 5 * hour }), messageOf(tenant, id));
    expect(heard.asked).toBe(1);
    expect((await rowOf(id)).version).toBe(2);
  });

  test("a `renewAt` that does not fit the tokens is put right, and not claimed for ever", async () => {
    const { tenant, id } = await connected("klaviyo");
    const planned = (await rowOf(id)).renewAt;
    await set(id, { renewAt: 1 });
    await workToken(cron(), messageOf(tenant, id));
    expect((await rowOf(id)).renewAt).toBe(planned);
  });

  test("renews a lasting Shopify token for one that ends, once", async () => {
    const { browser, tenant } = await visit();
    const effect = { type: "omit", fields: ["expires_in", "refresh_token", "refresh_token_expires_in"] };
    await control({ faults: [{ provider: "shopify", kind: "token", count: 1, effect }] });
    await connectThrough(browser, { tenant: tenant.id, provider: "shopify" });
    const [row] = await listConnections(testTenantCtx(tenant));
    const id = row?.id ?? "";
    expect(row).toMatchObject({ accessExpiresAt: null });
    expect(row?.renewAt).toBeLessThanOrEqual(Date.now());
    // The sandbox thinks of it as one that ends: what it answers to an exchange stands here by itself.
    const exchanged = () =>
      Response.json({ access_token: "shpat_ending", refresh_token: "shprt_1", expires_in: 3600, refresh_token_expires_in: 7_776_000 });
    const { heard, outbound } = tokenEndpoint(exchanged);
    await workToken(cron({ outbound }), messageOf(tenant, id));
    await workToken(cron({ outbound }), messageOf(tenant, id));
    expect(heard.asked).toBe(1);
    expect(await rowOf(id)).toMatchObject({ version: 2, accessExpiresAt: expect.any(Number), refreshExpiresAt: expect.any(Number) });
    expect(await historyOf(id)).toMatchObject([{ trigger: "cron", outcome: "renewed" }]);
  });
});

describe("a renewal that fails in passing", () => {
  test("is acked, touches no token, is written down, and is not asked for again before it has cooled down", async () => {
    const { tenant, id } = await connected("klaviyo");
    const before = await db.select().from(secrets).where(eq(secrets.connectionId, id));
    const { heard, outbound } = tokenEndpoint(badGateway);
    const at = Date.now() + 50 * minute;
    const due = { outbound, now: () => at };
    await workToken(cron(due), messageOf(tenant, id));
    const row = await rowOf(id);
    expect(row).toMatchObject({ status: "active", version: 1, renewFailures: 1, leaseUntil: null, failureKind: "unavailable" });
    expect(row.coolUntil).toBeGreaterThan(at + 20_000);
    expect(row.renewAt).toBe(row.coolUntil);
    // Nothing else may ever call this account: that the provider is back is found out soon.
    expect(row.probeAt).toBeLessThanOrEqual(at + probeFailingEveryMs);
    expect(await db.select().from(secrets).where(eq(secrets.connectionId, id))).toEqual(before);
    await workToken(cron(due), messageOf(tenant, id));
    expect(heard.asked).toBe(1);
    expect(await historyOf(id)).toMatchObject([{ trigger: "cron", outcome: "unavailable", message: expect.stringContaining("502") }]);
    await workToken(cron({ outbound, now: () => (row.coolUntil ?? 0) + 1 }), messageOf(tenant, id));
    const again = await rowOf(id);
    expect(again.renewFailures).toBe(2);
    expect((again.coolUntil ?? 0) - (row.coolUntil ?? 0)).toBeGreaterThan(40_000);
    await workToken(cron({ now: () => (again.coolUntil ?? 0) + 1 }), messageOf(tenant, id));
    expect(await rowOf(id)).toMatchObject({ version: 2, renewFailures: 0, coolUntil: null });
  });

  test("under the cool-down a run uses the token that still lives, and is told to come back where it does not", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { heard, outbound } = tokenEndpoint(badGateway);
    const end = (await rowOf(id)).accessExpiresAt ?? 0;
    const use = async (now: number) => {
      const ctx = testTenantCtx(tenant, "system", { outbound, now: () => now });
      return findProvider("klaviyo").probe(openAccount(ctx, await holdConnection(ctx, id)));
    };
    await use(end - 10_000);
    expect(heard.asked).toBe(1);
    await use(end - 9_000);
    expect(heard.asked, "nobody is asked, and the call goes out").toBe(1);
    const failure = await use(end + 1).then(null, (error: unknown) => error);
    expect(failure).toMatchObject({ kind: "unavailable", retryAfterS: expect.any(Number) });
    expect(heard.asked).toBe(1);
  });

  test("twenty runs at once ask a provider that is down no more often than one of them would", async () => {
    const { tenant, id } = await connected("shopify");
    const { heard, outbound } = tokenEndpoint(badGateway);
    const now = Date.now() + hour + minute;
    const runs = Array.from({ length: 20 }, async () => {
      const ctx = testTenantCtx(tenant, "system", { outbound, now: () => now });
      await findProvider("shopify").probe(openAccount(ctx, await holdConnection(ctx, id)));
    });
    const ended = await Promise.allSettled(runs);
    expect(ended.every((run) => run.status === "rejected" && run.reason.kind === "unavailable" && run.reason.retryAfterS > 0)).toBe(true);
    expect(heard.asked, "one, and one more since Shopify repeats a lost reply").toBe(2);
    expect(await historyOf(id)).toHaveLength(1);
  });

  test("Retry-After is waited for", async () => {
    const { tenant, id } = await connected("klaviyo");
    const limited = () => new Response("{}", { status: 429, headers: { "retry-after": "600" } });
    const at = Date.now() + 50 * minute;
    await workToken(cron({ ...tokenEndpoint(limited), now: () => at }), messageOf(tenant, id));
    expect((await rowOf(id)).coolUntil).toBeGreaterThanOrEqual(at + 600_000);
  });

  test("by our own configuration raises one alarm, asks nobody to reconnect, and is over when it is mended", async () => {
    const { tenant, id } = await connected("klaviyo");
    const errors: string[] = [];
    for (let times = 0; times < 3; times++) {
      const ctx = cron({ now: () => Date.now() + 50 * minute + times * hour });
      ctx.config = { ...ctx.config, KLAVIYO_CLIENT_SECRET: "wrong" };
      await workToken(ctx, messageOf(tenant, id));
      errors.push(...ctx.traces.lines.filter((line) => line.includes('"level":"error"')));
      expect(ctx.traces.mails).toEqual([]);
    }
    expect(errors).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ status: "active", renewFailures: 3, failureKind: "misconfigured" });
    await workToken(cron({ now: () => Date.now() + 5 * hour }), messageOf(tenant, id));
    expect(await rowOf(id)).toMatchObject({ status: "active", version: 2, renewFailures: 0 });
  });

  test("a provider that took access away is written down as such, and a person is asked", async () => {
    const { tenant, id } = await connected("klaviyo");
    await control({ revoke: [{ provider: "klaviyo" }] });
    const ctx = cron({ now: () => Date.now() + 50 * minute });
    await workToken(ctx, messageOf(tenant, id));
    expect(await rowOf(id)).toMatchObject({ status: "reconnect_needed", statusReason: "refresh_refused" });
    expect(ctx.traces.mails).toMatchObject([{ type: "mail.reconnect" }]);
    expect(await historyOf(id)).toMatchObject([{ outcome: "revoked", trigger: "cron" }]);
  });
});

test("who lost the lease sends the same refresh token no second time: it would end what the next holder got", async () => {
  const { tenant, id } = await connected("shopify");
  const late = () => Date.now() + hour + minute;
  let first = true;
  const { heard, outbound } = tokenEndpoint(async () => {
    if (!first) return null;
    first = false;
    // This worker hangs until its lease is over; another one renews; then its own reply is lost.
    await set(id, { leaseUntil: 0 });
    await workToken(cron({ now: late }), messageOf(tenant, id));
    return badGateway();
  });
  const ctx = testTenantCtx(tenant, "system", { outbound, now: late });
  await findProvider("shopify").probe(openAccount(ctx, await holdConnection(ctx, id)));
  expect(heard.asked).toBe(1);
  expect(await rowOf(id)).toMatchObject({ version: 2, renewFailures: 0 });
  const { refreshes } = await counted();
  expect(Object.values(refreshes).map(({ rotated, refused }) => [rotated, refused])).toEqual([[1, 0]]);
});

describe("the history", () => {
  test("has one row an attempt, with who wanted it and how long it took; one that came too late says so", async () => {
    const { tenant, id } = await connected("shopify");
    let clock = Date.now() + 50 * minute;
    const { outbound } = tokenEndpoint(() => {
      clock += 1234;
      return null;
    });
    await workToken(cron({ outbound, now: () => clock }), messageOf(tenant, id));
    expect(await historyOf(id)).toMatchObject([
      { tenantId: tenant.id, provider: "shopify", trigger: "cron", outcome: "renewed", tookMs: 1234 },
    ]);
    const hanging = tokenEndpoint(async () => {
      await set(id, { version: 3 });
      return null;
    });
    const ctx = testTenantCtx(tenant, "system", { outbound: hanging.outbound, now: () => clock + 2 * hour });
    await findProvider("shopify")
      .probe(openAccount(ctx, await holdConnection(ctx, id)))
      .catch(() => undefined);
    expect((await historyOf(id)).map(({ outcome, trigger }) => [outcome, trigger])).toContainEqual(["late", "use"]);
  });

  test("is kept for 90 days", async () => {
    const tenant = await makeTenant();
    const now = Date.now();
    const attempt = {
      tenantId: tenant.id,
      connectionId: "con_x",
      provider: "klaviyo",
      tookMs: 1,
      trigger: "cron",
      outcome: "renewed",
    } as const;
    await db.insert(renewals).values([
      { ...attempt, id: newId("ren", now - 91 * day), at: now - 91 * day },
      { ...attempt, id: newId("ren", now - 89 * day), at: now - 89 * day },
    ]);
    await forgetRenewals(cron());
    expect((await db.select().from(renewals).where(eq(renewals.tenantId, tenant.id))).map(({ at }) => at)).toEqual([now - 89 * day]);
  });

  test("staff read it by pages, and how renewals went by provider, without what was late", async () => {
    const tenant = await makeTenant();
    const now = Date.now();
    const attempt = (outcome: "renewed" | "unavailable" | "late", ago: number) => ({
      id: newId("ren", now - ago),
      at: now - ago,
      tenantId: tenant.id,
      connectionId: "con_y",
      provider: "google",
      tookMs: 1,
      trigger: "cron" as const,
      outcome,
    });
    const api = await staffCaller();
    const before = (await api.renewals.rates()).find(({ provider }) => provider === "google");
    await db
      .insert(renewals)
      .values([
        attempt("renewed", hour),
        attempt("unavailable", 2 * hour),
        attempt("late", 3 * hour),
        attempt("renewed", 3 * day),
        attempt("renewed", 8 * day),
      ]);
    const after = (await api.renewals.rates()).find(({ provider }) => provider === "google");
    expect([after?.day.attempts, after?.day.renewed]).toEqual([(before?.day.attempts ?? 0) + 2, (before?.day.renewed ?? 0) + 1]);
    expect([after?.week.attempts, after?.week.renewed]).toEqual([(before?.week.attempts ?? 0) + 3, (before?.week.renewed ?? 0) + 2]);
    const first = await api.renewals.history({ tenant: tenant.id, limit: 3 });
    const second = await api.renewals.history({ tenant: tenant.id, limit: 3, cursor: first.next ?? "" });
    expect([...first.items, ...second.items].map(({ outcome }) => outcome)).toEqual([
      "renewed",
      "unavailable",
      "late",
      "renewed",
      "renewed",
    ]);
    expect(second.next).toBeNull();
    expect((await api.renewals.history({ tenant: tenant.id, connectionId: "con_other" })).items).toEqual([]);
  });
});

describe("renew now", () => {
  test("renews for staff at once, even under a cool-down, and stands in the client's audit log", async () => {
    const { tenant, id } = await connected("klaviyo");
    await set(id, { coolUntil: Date.now() + hour, renewFailures: 4 });
    const api = await staffCaller();
    expect(await api.renewals.failing()).toMatchObject([{ connection: id, failures: 4 }]);
    const renewed = await api.renewals.now({ tenant: tenant.id, connectionId: id });
    expect(renewed).toMatchObject({ outcome: "renewed", message: null });
    expect(renewed.accessExpiresAt).toBeGreaterThan(Date.now() + 50 * minute);
    expect(await historyOf(id)).toMatchObject([{ trigger: "person", outcome: "renewed" }]);
    expect(await api.renewals.failing()).toEqual([]);
    const lines = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.id), eq(auditLog.action, "connection.renewed_by_hand")));
    expect(lines).toMatchObject([{ actorType: "staff", details: { connection: id, outcome: "renewed" } }]);
  });

  test("answers how it went where it did not work, and takes nothing away from a token that nothing renews", async () => {
    const { tenant, id } = await connected("klaviyo");
    const api = await staffCaller(tokenEndpoint(badGateway));
    expect(await api.renewals.now({ tenant: tenant.id, connectionId: id })).toMatchObject({ outcome: "unavailable" });
    const [failing] = await api.renewals.failing();
    expect(failing).toMatchObject({ connection: id, failures: 1, outcome: "unavailable", message: expect.stringContaining("502") });
    await db.delete(secrets).where(and(eq(secrets.connectionId, id), eq(secrets.field, "refresh_token")));
    expect(await api.renewals.now({ tenant: tenant.id, connectionId: id })).toMatchObject({ outcome: "rejected" });
    expect((await rowOf(id)).status).toBe("active");
    await set(id, { status: "disconnected" });
    await expect(api.renewals.now({ tenant: tenant.id, connectionId: id })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("a provider that repeats the token in its refusal puts it into no answer and no history, not even the half of it", async () => {
    const { tenant, id } = await connected("meta");
    const outbound: typeof fetch = async (input, init) => {
      if (!/access_token$/.test(String(input))) return fetch(input, init);
      const token = new URLSearchParams(String(init?.body)).get("fb_exchange_token");
      // The words are cut after 300 characters: in the middle of the token.
      const message = `${"so much is wrong ".repeat(15)} Malformed access token ${token}`;
      return Response.json({ error: { message, type: "OAuthException", code: 2 } }, { status: 500 });
    };
    const renewed = await (await staffCaller({ outbound })).renewals.now({ tenant: tenant.id, connectionId: id });
    const history = await historyOf(id);
    expect(history).toMatchObject([{ outcome: "unavailable", message: expect.stringContaining("Malformed") }]);
    expect(JSON.stringify([renewed, history])).not.toMatch(/sbx[0-9a-f]/);
  });

  test("is not for a client's own people, nor for a connection of another client", async () => {
    const { tenant, id, browser } = await connected("klaviyo");
    await expect(createCaller(browser).renewals.now({ tenant: tenant.id, connectionId: id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const other = await makeTenant();
    await expect((await staffCaller()).renewals.now({ tenant: other.id, connectionId: id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("the dry run asks what the cron asks, and says why and what stands in the way", async () => {
  const tenant = await makeTenant();
  const now = Date.now();
  const due = { renewAt: now - 1, accessExpiresAt: now + 10 * minute };
  const names = {
    ahead: await insertConnection(tenant, due),
    ended: await insertConnection(tenant, { ...due, accessExpiresAt: now - 1 }),
    soon: await insertConnection(tenant, { ...due, accessExpiresAt: now + 30_000 }),
    again: await insertConnection(tenant, { ...due, renewFailures: 2 }),
    lasting: await insertConnection(tenant, { ...due, accessExpiresAt: null }),
    leased: await insertConnection(tenant, { ...due, leaseUntil: now + minute }),
    lost: await insertConnection(tenant, { ...due, refreshStartedAt: now - minute }),
  };
  await insertConnection(tenant, { renewAt: now + minute });
  const found = await (await staffCaller()).renewals.due({ tenantId: tenant.id });
  const said = new Map(found.map(({ connection, reason, remark }) => [connection, [reason, remark]]));
  expect(said).toEqual(
    new Map([
      [names.ahead, ["ahead", null]],
      [names.ended, ["ended", null]],
      [names.soon, ["ends_soon", null]],
      [names.again, ["again", null]],
      [names.lasting, ["lasting", null]],
      [names.leased, ["ahead", "being_renewed"]],
      [names.lost, ["ahead", "reply_lost"]],
    ]),
  );
  expect((await (await staffCaller()).renewals.due({})).length).toBe(7);
  expect(await claimRenewals(cron())).toBe(7);
});

describe("what ends although everything works", () => {
  const provider = (more: Partial<NonNullable<Provider["oauth"]>>): Provider => {
    const klaviyo = findProvider("klaviyo");
    if (!klaviyo.oauth) throw new Error("Klaviyo has OAuth");
    return { ...klaviyo, oauth: { ...klaviyo.oauth, lives: {}, ...more } };
  };
  const ending = (rotates: boolean) => ({
    renewals: [{ with: "refresh_token", of: "ending", fields: () => ({}), rotates, retryable: true }] as const,
  });

  test("a consent with a fixed life, from the consent on, however often it is renewed", () => {
    const linkedin = provider({ lives: { consentS: 365 * 86_400 }, ...ending(false) });
    expect(cliffOf(linkedin, facts({ lastRefreshAt: 300 * day }))).toEqual({ at: 365 * day, kind: "consent" });
  });

  test("the end of a refresh token that renewing does not move", () => {
    expect(cliffOf(provider(ending(false)), facts({ refreshExpiresAt: 20 * day }))).toEqual({ at: 20 * day, kind: "consent" });
  });

  test("none where each renewal restarts it (Shopify's 90 days), and none for what only ends unused", () => {
    expect(cliffOf(provider(ending(true)), facts({ refreshExpiresAt: 90 * day }))).toBeNull();
    expect(cliffOf(provider({ lives: { unusedS: 182 * 86_400 } }), facts())).toBeNull();
  });

  test("but both come near once renewals have failed for hours", () => {
    const stalled = { renewFailures: 10, lastRefreshAt: day };
    expect(cliffOf(provider({ lives: { unusedS: 30 * 86_400 } }), facts(stalled))).toEqual({ at: 31 * day, kind: "unused" });
    expect(cliffOf(provider(ending(true)), facts({ ...stalled, refreshExpiresAt: 90 * day }))).toEqual({ at: 90 * day, kind: "unused" });
    expect(cliffOf(provider(ending(true)), facts({ renewFailures: 9, refreshExpiresAt: 90 * day }))).toBeNull();
  });

  test("an access token with an end and nothing to renew it with, and a key with an end", () => {
    expect(cliffOf(provider({}), facts({ accessExpiresAt: 60 * day }, ["access_token"]))).toEqual({ at: 60 * day, kind: "access" });
    expect(cliffOf(provider({}), facts({ kind: "key", accessExpiresAt: 60 * day }, ["api_key"]))).toEqual({ at: 60 * day, kind: "access" });
    expect(cliffOf(provider({}), facts({ kind: "key", accessExpiresAt: null }, ["api_key"]))).toBeNull();
  });

  test("the earliest of several", () => {
    const two = provider({ lives: { consentS: 365 * 86_400 }, ...ending(false) });
    expect(cliffOf(two, facts({ refreshExpiresAt: 100 * day }))).toEqual({ at: 100 * day, kind: "consent" });
  });

  test("versions that a provider ends, the soonest first", () => {
    const one = {
      ...provider({}),
      versions: [
        { name: "v2", endsOn: "2027-05-01" },
        { name: "v1", endsOn: "2027-01-15" },
      ],
    };
    expect(versionCliffs([one]).map(({ name, at }) => [name, at])).toEqual([
      ["v1", Date.UTC(2027, 0, 15)],
      ["v2", Date.UTC(2027, 4, 1)],
    ]);
  });

  test("is warned of 30, 14 and 3 days ahead", () => {
    expect([40, 30, 15, 14, 4, 3, 0].map((days) => warningAt(days * day))).toEqual([null, 30, 30, 14, 14, 3, 3]);
  });

  test("stands in the row from the moment of connecting: an access without a refresh token ends, and nothing renews it", async () => {
    const { browser, tenant } = await visit();
    await control({ faults: [{ provider: "google", kind: "token", count: 1, effect: { type: "omit", fields: ["refresh_token"] } }] });
    await connectThrough(browser, { tenant: tenant.id, provider: "google" });
    const [row] = await listConnections(testTenantCtx(tenant));
    // Nobody is warned of the end of an hour: who has just connected it knows, or is asked to reconnect when it comes.
    expect(row).toMatchObject({ renewAt: null, cliffKind: "access", cliffAt: row?.accessExpiresAt, cliffWarned: 3 });
    await connectThrough(browser, { tenant: tenant.id, provider: "google", connection: row?.id });
    expect((await listConnections(testTenantCtx(tenant)))[0]).toMatchObject({
      renewAt: expect.any(Number),
      cliffAt: null,
      cliffKind: null,
    });
  });
});

describe("plans", () => {
  test("are made anew for rows that were planned by other facts, and cost nothing afterwards", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { renewAt, planned } = await rowOf(id);
    const bare = await insertConnection(tenant, { accessExpiresAt: Date.now() + 60 * day, planned: "older" });
    const warned = { cliffAt: Date.now() + 20 * day, cliffKind: "access", cliffWarned: 30 } as const;
    const known = await insertConnection(tenant, { accessExpiresAt: warned.cliffAt, planned: "older", ...warned });
    await set(id, { renewAt: null, planned: "" });
    expect(await alignPlans(cron())).toBe(3);
    expect(await rowOf(id)).toMatchObject({ renewAt, planned, cliffAt: null });
    expect(await rowOf(bare)).toMatchObject({ renewAt: null, planned, cliffKind: "access", cliffWarned: null });
    expect(await rowOf(known), "who was warned stays warned").toMatchObject({ planned, ...warned });
    expect(await alignPlans(cron())).toBe(0);
  });

  test("that are as they should be are not read: the stale ones are two ranges of their index", async () => {
    const query = unplanned(db).toSQL();
    const { results } = await testEnv.DB.prepare(`explain query plan ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>();
    const used = results.map(({ detail }) => detail).join();
    expect(used).toContain("connections_planned (planned<?)");
    expect(used).toContain("connections_planned (planned>?)");
    expect(used).not.toMatch(/SCAN connections/);
  });
});

describe("warnings", () => {
  async function withCliff(days: number, more: Partial<ConnectionRow> = {}, tenant?: Tenant) {
    const home = tenant ?? (await makeTenant({ name: "Acme", timezone: "Europe/Paris" }));
    const id = await insertConnection(home, { cliffAt: Date.now() + days * day - hour, cliffKind: "consent", ...more });
    return { tenant: home, id };
  }
  const daysOf = (ctx: ReturnType<typeof cron>) => ctx.traces.mails.flatMap((mail) => (mail.type === "mail.cliff" ? mail.days : []));

  test("go out 30, 14 and 3 days ahead, once each, however often the chore runs", async () => {
    await withCliff(40);
    const heard: [number, number[]][] = [];
    for (const ahead of [40, 31, 30, 29, 15, 14, 13, 4, 3, 2, 0]) {
      const now = () => Date.now() + (40 - ahead) * day;
      const [one, two, three] = [cron({ now }), cron({ now }), cron({ now })];
      await Promise.all([warnCliffs(one), warnCliffs(two)]);
      await warnCliffs(three);
      heard.push([ahead, [one, two, three].flatMap(daysOf)]);
    }
    expect(heard.filter(([, days]) => days.length > 0)).toEqual([
      [30, [30]],
      [14, [14]],
      [3, [3]],
    ]);
  });

  test("a chore that was away sends the warning of today, and none of those that it missed", async () => {
    const { id } = await withCliff(2);
    const ctx = cron();
    expect(await warnCliffs(ctx)).toBe(1);
    expect(daysOf(ctx)).toEqual([3]);
    expect((await rowOf(id)).cliffWarned).toBe(3);
  });

  test("not of what has ended, is disconnected, or was mended", async () => {
    await withCliff(-1);
    await withCliff(10, { status: "disconnected" });
    await withCliff(10, { cliffAt: null, cliffKind: null });
    expect(await warnCliffs(cron())).toBe(0);
  });

  test("a warning that could not be queued is sent by the next tick", async () => {
    const { id } = await withCliff(10);
    const broken = cron();
    broken.send = { ...broken.send, mail: () => Promise.reject(new Error("the queue is down")) };
    expect(await warnCliffs(broken)).toBe(0);
    expect((await rowOf(id)).cliffWarned).toBeNull();
    expect(await warnCliffs(cron())).toBe(1);
  });

  test("are letters to those who may connect accounts, in their language, with what ends, when, and the link that mends it", async () => {
    const { tenant, id } = await withCliff(10, { cliffAt: Date.UTC(2030, 0, 31, 23, 30), name: "Shop of Acme" });
    const { actor: owner } = await makeUser({ roles: [[tenant, "owner"]] });
    const { actor: admin } = await makeUser({ roles: [[tenant, "admin"]] });
    await makeUser({ roles: [[tenant, "viewer"]] });
    await db.update(users).set({ locale: "fr" }).where(eq(users.id, admin.userId));
    const send = async () => {
      const message = { v: 1, type: "mail.cliff", tenant: tenant.id, connection: id, days: 14 } as const;
      await workMail(cron({ now: () => Date.UTC(2030, 0, 20) }), message);
      const sent = (await db.select().from(devMails)).filter(({ text }) => text.includes("Shop of Acme"));
      await db.delete(devMails);
      return sent;
    };
    const mails = await send();
    expect(mails.map(({ recipient }) => recipient).sort()).toEqual([owner.email, admin.email].sort());
    const english = mails.find(({ recipient }) => recipient === owner.email);
    expect(english?.subject, "the day in the client's timezone").toBe("Klaviyo for Acme: access expires on February 1, 2030");
    expect(english?.text).toContain(`/t/${tenant.id}/connect/klaviyo?connection=${id}`);
    expect(mails.find(({ recipient }) => recipient === admin.email)?.subject).toContain("1 février 2030");
    await set(id, { status: "reconnect_needed" });
    expect(await send(), "it has ended, and another letter says so").toEqual([]);
    await set(id, { status: "active", cliffAt: Date.UTC(2031, 0, 1) });
    expect(await send(), "it was mended").toEqual([]);
  });

  test("read only what is due, by their index", async () => {
    const query = unwarned(db, Date.now()).toSQL();
    const { results } = await testEnv.DB.prepare(`explain query plan ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>();
    const used = results.map(({ detail }) => detail).join();
    expect(used).toContain("connections_warn (cliff_warned=? AND cliff_at>? AND cliff_at<?)");
    expect(used).not.toMatch(/SCAN connections/);
  });
});

describe("the calendar", () => {
  test("shows a client its own ends and no others', and staff all of them, the soonest first", async () => {
    const [one, two] = [await makeTenant(), await makeTenant()];
    const soon = await insertConnection(one, { cliffAt: Date.now() + 5 * day, cliffKind: "access", name: "Mine" });
    const later = await insertConnection(two, { cliffAt: Date.now() + 9 * day, cliffKind: "consent", name: "Theirs" });
    await insertConnection(one, {});
    const { actor } = await makeUser({ roles: [[one, "viewer"]] });
    const own = await createCaller(testCtx({ actor })).renewals.calendar({ tenant: one.id });
    expect(own.filter(({ kind }) => kind !== "version")).toMatchObject([{ connection: soon, kind: "access", name: "Mine", mend: "oauth" }]);
    await expect(createCaller(testCtx({ actor })).renewals.calendar({ tenant: two.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(createCaller(testCtx({ actor })).renewals.calendarOfAll()).rejects.toMatchObject({ code: "FORBIDDEN" });
    const all = await (await staffCaller()).renewals.calendarOfAll();
    expect(all.flatMap(({ connection }) => connection ?? [])).toEqual([soon, later]);
  });

  test("has the versions that providers end, for whoever uses them; they are ours to mend", async () => {
    const tenant = await makeTenant();
    const api = await staffCaller();
    expect((await api.renewals.calendar({ tenant: tenant.id })).filter(({ kind }) => kind === "version")).toEqual([]);
    await insertConnection(tenant, { provider: "linkedin" });
    const versions = (await api.renewals.calendarOfAll()).filter(({ kind }) => kind === "version");
    const own = (await api.renewals.calendar({ tenant: tenant.id })).filter(({ kind }) => kind === "version");
    expect(own.map(({ name }) => name)).toEqual((findProvider("linkedin").versions ?? []).map(({ name }) => name));
    expect(own.length).toBeGreaterThan(0);
    expect(versions.length).toBeGreaterThanOrEqual(own.length);
    expect(versions.every(({ mend, clients, tenant: of }) => mend === "agency" && clients === 1 && of === null)).toBe(true);
  });
});

async function insertConnection(tenant: Tenant, more: Partial<ConnectionRow>): Promise<string> {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    id,
    tenantId: tenant.id,
    provider: "klaviyo",
    externalId: id,
    name: "An account",
    details: {},
    scopesAsked: [],
    scopesGranted: [],
    status: "active",
    connectedBy: "usr",
    connectedAt: Date.now() - day,
    planned: renewalPlanOf(facts()).planned,
    ...more,
  });
  return id;
}
