import { eq, inArray, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { auditHeads, auditLog, connections, devMails, incidents, runs, schedules, users } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { claimProbes } from "#server/domain/health/claim-probes.ts";
import { drainGently } from "#server/domain/incidents/drain-gently.ts";
import { listIncidents } from "#server/domain/incidents/list-incidents.ts";
import { switchProvider } from "#server/domain/incidents/switch-provider.ts";
import { watchProviders } from "#server/domain/incidents/watch-providers.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { claimDue } from "#server/domain/runs/claim-due.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { jsonAlone } from "#test/catalog/sensors/sandbox-account.ts";
import { clearRuns, connectShop, database, delivery, makeRig } from "#test/domain/runs/rig.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const minute = 60_000;
const start = Date.parse("2026-03-01T10:00:00Z");

beforeEach(async () => {
  await clearRuns();
  await database.batch([
    database.delete(connections),
    database.delete(incidents),
    database.delete(auditLog),
    database.delete(auditHeads),
    database.delete(users),
  ]);
});

/** A job of the shelf's id, so that the shelf's needs are its own; it makes one call. */
const shopJob = testSensor(
  "shopify-sensor",
  async ({ account }) => {
    await account("shopify").json({ path: "/shop" }, z.unknown());
    return { cursor: null, done: true };
  },
  { needs: [{ provider: "shopify", scopes: [] }] },
);
const freeJob = testSensor("free");

/** A provider in the test's hands: `failing` is how it fails now, for whom; null: it answers. */
function makeWorld() {
  const state: { failing: ProviderFailureKind | null; of: (tenant: string) => boolean; calls: number } = {
    failing: null,
    of: () => true,
    calls: 0,
  };
  const openAccount = (ctx: TenantCtx, { connection }: HeldConnection): Account => ({
    provider: connection.provider,
    connectionId: connection.id,
    externalId: connection.externalId,
    name: connection.name,
    currency: undefined,
    timezone: undefined,
    fields: {},
    scopes: undefined,
    resources: [],
    ...jsonAlone,
    json: async (_request, schema) => {
      state.calls++;
      if (state.failing && state.of(ctx.tenant.id)) throw new ProviderError("shopify", state.failing, "No.");
      return schema.parse({});
    },
  });
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const rig = makeRig({ jobs: [shopJob, freeJob], openAccount, random });
  return {
    rig,
    state,
    async tenants(count: number) {
      return Promise.all(
        Array.from({ length: count }, async () => {
          const tenant = await rig.tenant();
          const connection = await connectShop(tenant.ctx, rig.engine);
          return { ...tenant, connection };
        }),
      );
    },
    /** What the cron and the queue do within a minute; messages come when their runs are due. */
    async minute(more = minute) {
      rig.clock.advance(more);
      const watched = await watchProviders(rig.ctx);
      await claimProbes(rig.ctx);
      await claimDue(rig.ctx);
      await this.work();
      return watched;
    },
    async work() {
      rig.ctx.traces.runs.length = 0;
      const due = await database
        .selectDistinct({ tenant: runs.tenantId })
        .from(runs)
        .where(sql`status = 'queued' and available_at <= ${rig.clock.now()}`);
      for (let at = 0; at < due.length; at += 100) {
        await workBatch(
          rig.ctx,
          rig.engine,
          due.slice(at, at + 100).map(({ tenant }) => delivery({ v: 1, type: "turn", tenant, turn: 0 })),
        );
      }
    },
  };
}

const incidentMails = (mails: readonly { type: string }[]) => mails.filter(({ type }) => type === "mail.incident");
const lines = (action: string) => database.select().from(auditLog).where(eq(auditLog.action, action));

/** Connections as many tenants have them, without anything else. */
async function connect(
  prefix: string,
  count: number,
  more: { provider?: string; failedAt?: number; kind?: string; lastSuccessAt?: number; tenant?: string } = {},
) {
  await testEnv.DB.prepare(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < ?1)
     insert into connections (id, tenant_id, provider, kind, external_id, name, details, fields, chosen, scopes_asked, scopes_granted, status,
       connected_by, connected_at, failed_at, failure_kind, failing_since, last_success_at, probe_at)
     select 'con-' || ?2 || i, ?8 || i, ?3, 'oauth', ?2 || i, 'Shop', '{}', '{}', '[]', '[]', '[]', 'active', 'test', 1, ?4, ?5, ?4, ?6, ?7 from n`,
  )
    .bind(
      count,
      prefix,
      more.provider ?? "shopify",
      more.failedAt ?? null,
      more.failedAt ? (more.kind ?? "unavailable") : null,
      more.lastSuccessAt ?? null,
      9e15,
      more.tenant ?? prefix,
    )
    .run();
}

const ctxAt = (now: () => number) => testCtx({ actor: { type: "system", job: "cron" }, now });

test("a wave of 50 tenants is one incident with one mail and no dead letter, however long it lasts, and ends by itself", async () => {
  const world = makeWorld();
  const { rig, state } = world;
  const tenants = await world.tenants(50);
  state.failing = "unavailable";
  await claimDue(rig.ctx);
  await world.work();
  for (let at = 0; at < 5; at++) await world.minute();
  for (let at = 0; at < 10; at++) await world.minute(6 * minute);
  const [incident, ...others] = await database.select().from(incidents);
  expect(others).toEqual([]);
  expect(incident).toMatchObject({ provider: "shopify", kind: "unavailable", tenantsFailing: 50, tenantsUsing: 50, closedAt: null });
  expect(incident?.openedAt).toBeLessThan(start + 3 * minute);
  expect(incidentMails(rig.ctx.traces.mails)).toHaveLength(1);
  expect(rig.ctx.traces.dead).toEqual([]);
  const shopRuns = () => database.select().from(runs).where(eq(runs.job, "shopify-sensor"));
  expect((await shopRuns()).map(({ status }) => status)).toEqual(Array(50).fill("queued"));
  const first = tenants[0];
  expect(
    await database
      .select()
      .from(connections)
      .where(eq(connections.id, first?.connection ?? "")),
  ).toMatchObject([{ status: "active", failureKind: "unavailable", failingSince: start }]);

  // A run waits 5 to 15 minutes between its calls, instead of hammering.
  state.calls = 0;
  for (let at = 0; at < 5; at++) await world.minute(3 * minute);
  expect(state.calls).toBeGreaterThanOrEqual(50);
  expect(state.calls).toBeLessThanOrEqual(150);

  state.failing = null;
  for (let at = 0; at < 10; at++) await world.minute(2 * minute);
  expect(await database.select().from(incidents)).toMatchObject([{ id: incident?.id, closedAt: expect.any(Number) }]);
  expect(new Set((await shopRuns()).map(({ status }) => status))).toEqual(new Set(["succeeded"]));
  expect(rig.ctx.traces.dead).toEqual([]);
  expect(incidentMails(rig.ctx.traces.mails)).toHaveLength(2);
  expect([await lines("incident.opened"), await lines("incident.closed")].map(({ length }) => length)).toEqual([1, 1]);
  // Jobs of other providers, and of none, went on all the time.
  expect(await database.select().from(runs).where(sql`job = 'free' and status <> 'succeeded'`)).toEqual([]);
}, 60_000);

test("while it is open new runs of its jobs are not made, and a run that hangs until its deadline uses up no try", async () => {
  const world = makeWorld();
  const { rig, state } = world;
  const [tenant] = await world.tenants(1);
  await database.insert(incidents).values({
    id: newId("inc", start),
    provider: "shopify",
    kind: "unavailable",
    openedAt: start,
    lastSeenAt: start,
    tenantsFailing: 3,
    tenantsUsing: 9,
  });
  expect(await claimDue(rig.ctx)).toBe(1);
  expect((await tenant?.runs())?.map(({ job }) => job)).toEqual(["free"]);

  await database.insert(runs).values({
    id: newId("run", start),
    tenantId: tenant?.id ?? "",
    job: "shopify-sensor",
    slot: start,
    trigger: "manual",
    status: "queued",
    availableAt: start,
    createdAt: start,
  });
  rig.engine.limits.deadlineMs = 20;
  state.failing = null;
  rig.engine.openAccount = () => ({ ...({} as Account), connectionId: tenant?.connection ?? "", json: () => new Promise(() => undefined) });
  await world.work();
  const run = (await tenant?.runs())?.find(({ job }) => job === "shopify-sensor");
  expect(run).toMatchObject({ status: "queued", attempt: 0, errorKind: "deadline" });
  expect(run?.availableAt).toBeGreaterThanOrEqual(start + 5 * minute);
  expect(run?.availableAt).toBeLessThanOrEqual(start + 15 * minute);
});

test("a run remembers on its connection that the provider failed and how, and the first answer forgets it", async () => {
  const world = makeWorld();
  const { rig, state } = world;
  const [tenant, other] = await world.tenants(2);
  const row = async (of = tenant) =>
    (
      await database
        .select()
        .from(connections)
        .where(eq(connections.id, of?.connection ?? ""))
    )[0];
  state.of = (id) => id === tenant?.id;
  for (const kind of ["unavailable", "rate_limited", "misconfigured"] as const) {
    state.failing = kind;
    await database.delete(runs);
    await database.update(schedules).set({ nextAt: rig.clock.now() });
    await claimDue(rig.ctx);
    await world.work();
    expect(await row()).toMatchObject({ failedAt: rig.clock.now(), failureKind: kind, failingSince: start, status: "active" });
    expect((await row())?.probeAt).toBeLessThanOrEqual(start + 15 * minute);
    rig.clock.advance(minute);
  }
  expect(await row(other)).toMatchObject({ failedAt: null, failureKind: null, lastSuccessAt: expect.any(Number) });
  state.failing = "rejected";
  await database.delete(runs);
  await database.update(schedules).set({ nextAt: rig.clock.now() });
  await claimDue(rig.ctx);
  await world.work();
  expect((await row())?.failureKind, "what is wrong with one request says nothing of the provider").toBe("misconfigured");
  state.failing = null;
  await database.delete(runs);
  await database.update(schedules).set({ nextAt: rig.clock.now() });
  await claimDue(rig.ctx);
  await world.work();
  expect(await row()).toMatchObject({ failedAt: null, failureKind: null, failingSince: null, lastSuccessAt: rig.clock.now() });
});

describe("what is a wave", () => {
  const now = start;
  const recently = now - 2 * minute;
  const watch = () => watchProviders(ctxAt(() => now));

  test("one tenant alone is none, however many accounts of it fail, nor are two", async () => {
    await connect("fails", 2, { failedAt: recently });
    await connect("again", 2, { failedAt: recently, tenant: "fails" });
    expect(await watch()).toEqual({ opened: 0, closed: 0 });
  });

  test("three of the three that called it are one, for that provider alone", async () => {
    await connect("fails", 3, { failedAt: recently });
    await connect("quiet", 500, { lastSuccessAt: now - 50 * minute });
    await connect("other", 2, { provider: "klaviyo", failedAt: recently });
    expect(await watch()).toEqual({ opened: 1, closed: 0 });
    expect(await database.select().from(incidents)).toMatchObject([{ provider: "shopify", tenantsFailing: 3, tenantsUsing: 503 }]);
  });

  test("three among many that are answered are none", async () => {
    await connect("fails", 3, { failedAt: recently });
    await connect("well", 13, { lastSuccessAt: recently });
    expect(await watch()).toEqual({ opened: 0, closed: 0 });
    await connect("fails-too", 1, { failedAt: recently });
    expect(await watch(), "4 of 17 are more than a fifth").toEqual({ opened: 1, closed: 0 });
  });

  test("what failed long ago is none, nor what failed before the last one was closed", async () => {
    await connect("long-ago", 20, { failedAt: now - 11 * minute });
    expect(await watch()).toEqual({ opened: 0, closed: 0 });
    const at = { openedAt: now - 60 * minute, lastSeenAt: now - 5 * minute, closedAt: now - minute };
    await database
      .insert(incidents)
      .values({ id: newId("inc", now), provider: "shopify", kind: "unavailable", ...at, tenantsFailing: 9, tenantsUsing: 9 });
    await connect("before", 20, { failedAt: recently });
    expect(await watch()).toEqual({ opened: 0, closed: 0 });
  });

  test("two ticks at once open one incident, with one line in the log and one mail", async () => {
    await connect("fails", 12, { failedAt: recently });
    const [one, two] = [ctxAt(() => now), ctxAt(() => now)];
    const opened = await Promise.all([watchProviders(one), watchProviders(two)]);
    expect(opened.map((each) => each.opened).sort()).toEqual([0, 1]);
    expect(await database.select().from(incidents)).toHaveLength(1);
    expect(await lines("incident.opened")).toHaveLength(1);
    expect(incidentMails([...one.traces.mails, ...two.traces.mails])).toHaveLength(1);
  });

  test("our own access data refused everywhere is ours, a limit is a limit", async () => {
    await connect("ours", 9, { failedAt: recently, kind: "misconfigured" });
    await connect("mixed", 4, { failedAt: recently });
    await connect("limited", 4, { provider: "klaviyo", failedAt: recently, kind: "rate_limited" });
    await watch();
    const found = await database.select({ provider: incidents.provider, kind: incidents.kind }).from(incidents).orderBy(incidents.provider);
    expect(found).toEqual([
      { provider: "klaviyo", kind: "rate_limited" },
      { provider: "shopify", kind: "misconfigured" },
    ]);
  });

  test("more widens it, and it keeps its widest", async () => {
    await connect("fails", 5, { failedAt: recently });
    await watch();
    await connect("fails-too", 5, { failedAt: now - 1 });
    await watch();
    expect(await database.select().from(incidents)).toMatchObject([{ tenantsFailing: 10, lastSeenAt: now }]);
    await database.update(connections).set({ failedAt: null }).where(sql`id like 'con-fails-too%'`);
    await watch();
    expect(await database.select().from(incidents)).toMatchObject([{ tenantsFailing: 10 }]);
  });
});

describe("half-open", () => {
  test("a few connections of different tenants are tried each minute, in turn, and the others are not probed", async () => {
    let now = start;
    const ctx = ctxAt(() => now);
    await connect("fails", 10, { failedAt: start - minute });
    await database.update(connections).set({ probeAt: start - 1 });
    await watchProviders(ctx);
    expect(await claimProbes(ctx), "those of a provider that is down are put off").toBe(0);
    const tried: string[] = [];
    for (let at = 0; at < 3; at++) {
      now += minute;
      await watchProviders(ctx);
      const sent = ctx.traces.tokens.splice(0);
      expect(sent).toHaveLength(3);
      expect(sent.every(({ type }) => type === "token.probe")).toBe(true);
      tried.push(...sent.map(({ connection }) => connection));
    }
    expect(new Set(tried).size).toBe(9);
  });

  test("one lucky reply ends nothing, nor do two while others fail; two and a quiet minute do", async () => {
    let now = start;
    const ctx = ctxAt(() => now);
    await connect("fails", 6, { failedAt: start - 2 * minute });
    await watchProviders(ctx);
    const answer = (ids: readonly string[]) =>
      database
        .update(connections)
        .set({ failedAt: null, failureKind: null, failingSince: null, lastSuccessAt: now })
        .where(inArray(connections.id, [...ids]));
    now += minute;
    await answer(["con-fails1"]);
    now += minute;
    expect(await watchProviders(ctx)).toMatchObject({ closed: 0 });
    await database.update(connections).set({ failedAt: now }).where(eq(connections.id, "con-fails6"));
    now += 1000;
    await answer(["con-fails2", "con-fails3"]);
    now += 30_000;
    expect(await watchProviders(ctx)).toMatchObject({ closed: 0 });
    now += minute;
    const closed = await Promise.all([watchProviders(ctx), watchProviders(ctx)]);
    expect(closed.map((each) => each.closed).sort(), "two ticks close it once").toEqual([0, 1]);
    expect(await lines("incident.closed")).toHaveLength(1);
    expect(await watchProviders(ctx), "what has not been tried since opens no new one").toEqual({ opened: 0, closed: 0 });
  });

  test("when nobody uses the provider any more there is nothing to wait for", async () => {
    const ctx = ctxAt(() => start);
    await connect("fails", 4, { failedAt: start - minute });
    await watchProviders(ctx);
    await database.update(connections).set({ status: "disconnected" });
    expect(await watchProviders(ctx)).toEqual({ opened: 0, closed: 1 });
  });
});

test("what became due meanwhile starts evenly over ten minutes, every tenant's first job before anybody's second", async () => {
  const ctx = ctxAt(() => start);
  await testEnv.DB.prepare(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < 100)
     insert into schedules (tenant_id, job, every_s, next_at, enabled, config, blocked)
     select 't' || i, job, 3600, ?1 - i * 1000, 1, '{}', null from n, (select 'shopify-sensor' as job union all select 'retention-sensor' union all select 'klaviyo-sensor')
     union all select 'later', 'shopify-sensor', 3600, ?1 + 1, 1, '{}', null
     union all select 'blocked', 'shopify-sensor', 3600, ?1 - 1, 1, '{}', 'reconnect_needed'`,
  )
    .bind(start)
    .run();
  expect(await drainGently(ctx, "shopify")).toBe(200);
  const rows = await database.select().from(schedules).orderBy(schedules.nextAt);
  const moved = rows.filter(({ job, tenantId }) => job !== "klaviyo-sensor" && /^t\d/.test(tenantId));
  expect(moved.map(({ nextAt }) => nextAt)).toEqual(Array.from({ length: 200 }, (_, place) => start + place * 3000));
  expect(new Set(moved.slice(0, 100).map(({ tenantId }) => tenantId)).size).toBe(100);
  const ofOthers = rows.filter(({ job }) => job === "klaviyo-sensor");
  expect([ofOthers.length, ofOthers.every(({ nextAt }) => nextAt < start)]).toEqual([100, true]);
  expect(
    rows
      .filter(({ tenantId }) => tenantId === "later" || tenantId === "blocked")
      .map(({ nextAt }) => nextAt - start)
      .sort(),
  ).toEqual([-1, 1]);
});

test("on a good day watching reads nothing, however many connections there are", async () => {
  await connect("well", 2_000, { lastSuccessAt: start });
  const ctx = ctxAt(() => start);
  const all = vi.spyOn(testEnv.DB, "prepare");
  await watchProviders(ctx);
  await claimProbes(ctx);
  const queries = all.mock.calls.map(([query]) => query);
  all.mockRestore();
  for (const query of queries) {
    const plan = await testEnv.DB.prepare(`explain query plan ${query}`)
      .bind(...Array.from({ length: (query.match(/\?/g) ?? []).length }, () => 1))
      .all<{ detail: string }>();
    const details = plan.results.map(({ detail }) => detail).join("; ");
    expect(details, query).toMatch(/connections_(failed|probe)|incidents_open/);
  }
  expect(queries.length).toBeGreaterThan(2);
});

test("each admin of the agency is told once when it opens and once when it is over, in their own language", async () => {
  const staff = await makeUser({ staff: true });
  const french = await makeUser({ staff: true });
  const client = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  await database.update(users).set({ locale: "fr" }).where(eq(users.id, french.actor.userId));
  const id = newId("inc", start);
  await database.insert(incidents).values({
    id,
    provider: "shopify",
    kind: "unavailable",
    openedAt: start,
    lastSeenAt: start,
    tenantsFailing: 12,
    tenantsUsing: 50,
  });
  const message = { v: 1, type: "mail.incident", incident: id } as const;
  await workMail(testCtx(), message);
  await workMail(testCtx(), message);
  await database
    .update(incidents)
    .set({ closedAt: start + 30 * minute })
    .where(eq(incidents.id, id));
  await workMail(testCtx(), message);
  const mailsTo = async (email: string) =>
    (await database.select().from(devMails).where(eq(devMails.recipient, email)).orderBy(devMails.at)).map(({ subject, text }) => ({
      subject,
      text,
    }));
  const [opened, closed, ...more] = await mailsTo(staff.actor.email);
  expect(more).toEqual([]);
  expect(opened?.subject).toBe("Shopify isn’t responding for many clients");
  expect(opened?.text).toContain("12 of 50 clients");
  expect(opened?.text).toContain("/admin/incidents");
  expect(closed?.text).toContain("30 minutes");
  expect((await mailsTo(french.actor.email)).map(({ subject }) => subject)).toEqual([
    "Shopify ne répond plus pour de nombreux clients",
    "Shopify fonctionne de nouveau",
  ]);
  expect(await mailsTo(client.actor.email)).toEqual([]);
  await workMail(testCtx(), { v: 1, type: "mail.incident", incident: "inc_none" });
});

test("the list has the open ones first, each with the jobs that wait, and pages by their ids", async () => {
  const row = (at: number, provider: string, closedAt: number | null) => ({
    id: newId("inc", at),
    provider,
    kind: "unavailable" as const,
    openedAt: at,
    lastSeenAt: at,
    closedAt,
    tenantsFailing: 3,
    tenantsUsing: 5,
  });
  await database
    .insert(incidents)
    .values([row(start, "shopify", null), row(start + 1, "klaviyo", start + 2), row(start + 3, "google", start + 4)]);
  const { actor } = await makeUser({ staff: true });
  const ctx = testCtx({ actor });
  const page = await listIncidents(ctx, { limit: 1 });
  expect(page.open).toMatchObject([{ provider: "shopify", providerName: "Shopify", closedAt: null }]);
  expect(page.open[0]?.jobs.map(({ id }) => id)).toContain("shopify-sensor");
  expect(page.past.map(({ provider }) => provider)).toEqual(["google"]);
  const next = await listIncidents(ctx, { limit: 1, cursor: page.next ?? "" });
  expect(next.past.map(({ provider }) => provider)).toEqual(["klaviyo"]);
  expect(next.next).toBeNull();
});

describe("a provider that an admin switched off", () => {
  const switched = async (now: () => number, on: boolean) =>
    switchProvider(testCtx({ actor: (await makeUser({ staff: true })).actor, now }), { provider: "shopify", on });

  test("is asked nothing: what is due waits, what runs already waits without using up a try, and all of it goes on afterwards", async () => {
    const world = makeWorld();
    const { rig, state } = world;
    const tenants = await world.tenants(3);
    // One run of each was made before.
    expect(await claimDue(rig.ctx)).toBe(6);
    await switched(rig.clock.now, false);
    await world.work();
    const shopRuns = () => database.select().from(runs).where(eq(runs.job, "shopify-sensor")).orderBy(runs.id);
    expect(await shopRuns()).toMatchObject(Array(3).fill({ status: "queued", attempt: 0, errorKind: null, finishedAt: null, lease: null }));
    for (const { availableAt } of await shopRuns()) {
      expect(availableAt).toBeGreaterThanOrEqual(start + 5 * minute);
      expect(availableAt).toBeLessThanOrEqual(start + 15 * minute);
    }
    for (let at = 0; at < 12; at++) await world.minute(30 * minute);
    expect(state.calls).toBe(0);
    expect(await shopRuns()).toMatchObject(Array(3).fill({ status: "queued", attempt: 0, errorKind: null }));
    // Nothing failed: no connection says so, no letter is dead, and no wave is seen.
    const rows = await database.select().from(connections);
    expect(rows).toMatchObject(Array(3).fill({ failedAt: null, failureKind: null, lastSuccessAt: null }));
    expect(rig.ctx.traces.dead).toEqual([]);
    expect(await database.select().from(incidents)).toMatchObject([{ kind: "switched_off", closedAt: null, tenantsUsing: 3 }]);
    // Jobs that need nothing of it went on all the time.
    const free = await database.select().from(runs).where(eq(runs.job, "free"));
    expect(free.length).toBeGreaterThan(3);
    expect(new Set(free.map(({ status }) => status))).toEqual(new Set(["succeeded"]));

    await switched(rig.clock.now, true);
    for (let at = 0; at < 10; at++) await world.minute(3 * minute);
    const done = await shopRuns();
    expect(new Set(done.map(({ tenantId }) => tenantId))).toEqual(new Set(tenants.map(({ id }) => id)));
    expect(new Set(done.map(({ status }) => status))).toEqual(new Set(["succeeded"]));
    expect(state.calls).toBeGreaterThanOrEqual(3);
    expect([await lines("provider.switched_off"), await lines("provider.switched_on")].map(({ length }) => length)).toEqual([1, 1]);
    expect(incidentMails(rig.ctx.traces.mails)).toEqual([]);
  });

  test("ends the wave of failures there, is probed by nobody, and what still fails when it is on again is a new wave", async () => {
    const world = makeWorld();
    const { rig, state } = world;
    await world.tenants(5);
    state.failing = "unavailable";
    await claimDue(rig.ctx);
    await world.work();
    await world.minute();
    await world.minute();
    expect(await database.select().from(incidents)).toMatchObject([{ kind: "unavailable", closedAt: null }]);
    await switched(rig.clock.now, false);
    await database.update(connections).set({ probeAt: rig.clock.now() });
    rig.ctx.traces.tokens.length = 0;
    for (let at = 0; at < 5; at++) await world.minute(10 * minute);
    expect(rig.ctx.traces.tokens.filter(({ type }) => type === "token.probe")).toEqual([]);
    const kinds = async () =>
      (await database.select().from(incidents).orderBy(incidents.id)).map(({ kind, closedAt }) => [kind, closedAt !== null]);
    expect(await kinds()).toEqual([
      ["unavailable", true],
      ["switched_off", false],
    ]);
    await switched(rig.clock.now, true);
    await world.minute();
    expect((await kinds()).at(-1), "what failed before is no wave").toEqual(["switched_off", true]);
    for (let at = 0; at < 8; at++) await world.minute(2 * minute);
    expect((await kinds()).at(-1)).toEqual(["unavailable", false]);
  });
});
