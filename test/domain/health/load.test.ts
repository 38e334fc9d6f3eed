import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { actionStops, actions, auditLog, connections, rateUses, runs } from "#db/schema/index.ts";
import { stopActing } from "#server/domain/actions/stop-acting.ts";
import { stopMany } from "#server/domain/actions/stop-many.ts";
import { readLoad } from "#server/domain/health/read-load.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { database } from "../runs/rig.ts";

const minute = 60_000;
let slots = 1;
const staffCtx = async (now?: () => number) => testCtx({ actor: (await makeUser({ staff: true })).actor, ...(now && { now }) });

/** A run of the tenant's, as it stands. */
const addRun = (tenantId: string, more: Partial<typeof runs.$inferInsert>, at = Date.now()) =>
  database.insert(runs).values({
    ...{
      id: newId("run", at),
      tenantId,
      job: "shopify-sensor",
      trigger: "schedule",
      slot: slots++,
      requestId: "req",
      createdAt: at,
    },
    ...{ status: "queued", availableAt: at, ...more },
  } as typeof runs.$inferInsert);

const addAction = (tenantId: string, more: Partial<typeof actions.$inferInsert>) =>
  database.insert(actions).values({
    ...{ id: `act-${crypto.randomUUID()}`, tenantId, automation: "a", runId: "r", dedupe: crypto.randomUUID() },
    ...{ subject: "customer:1", connectionId: "c", touches: "internal", hash: "h", evidence: { line: "l", params: {} } },
    ...{ status: "approved", createdAt: 0, expiresAt: 0, decidedBy: "policy", ...more },
  });

test("the clients that wait longest come first, each with what is due and whether it is stopped; what is to come later does not count", async () => {
  const ctx = await staffCtx();
  const [first, second, third] = [await makeTenant({ name: "First" }), await makeTenant(), await makeTenant()];
  await addRun(first.id, { availableAt: 1_000 });
  await addAction(first.id, { availableAt: 2_000 });
  await addAction(first.id, { availableAt: 3_000, status: "unsure" });
  await addAction(second.id, { availableAt: 1_500 });
  await addRun(third.id, { availableAt: ctx.now() + minute });
  await database.insert(actionStops).values({ scope: second.id, stoppedBy: "system", stoppedAt: 1 });
  const { backlog, waiting } = await readLoad(ctx);
  const own = backlog.filter(({ tenantId }) => [first.id, second.id, third.id].includes(tenantId));
  expect(own).toEqual([
    { tenantId: first.id, tenantName: "First", runs: 1, actions: 2, oldestAt: 1_000, stopped: false },
    { tenantId: second.id, tenantName: "Test Shop", runs: 0, actions: 1, oldestAt: 1_500, stopped: true },
  ]);
  expect(waiting.clients).toBeGreaterThanOrEqual(2);
});

test("what a stop holds waits since it was decided, however often it was put off; what is not stopped and comes later does not count", async () => {
  const ctx = await staffCtx();
  const [held, free] = [await makeTenant(), await makeTenant()];
  const later = ctx.now() + 5 * minute;
  for (const { id } of [held, free]) await addAction(id, { availableAt: later, decidedAt: 500 });
  await addAction(held.id, { availableAt: later, status: "unsure", decidedAt: 400 });
  await database.insert(actionStops).values({ scope: held.id, stoppedBy: "system", stoppedAt: 1 });
  const own = (await readLoad(ctx)).backlog.filter(({ tenantId }) => [held.id, free.id].includes(tenantId));
  expect(own).toMatchObject([{ tenantId: held.id, actions: 1, oldestAt: 500, stopped: true }]);
});

test("what ended is counted by the minute, without the minute that is not over", async () => {
  const now = Math.floor(Date.now() / minute) * minute + minute / 2;
  const ctx = await staffCtx(() => now);
  const before = (await readLoad(ctx)).minutes;
  const tenant = await makeTenant();
  for (const ago of [0, 1, 1, 59, 61]) {
    await addRun(tenant.id, { status: ago === 59 ? "dead" : "succeeded", finishedAt: now - ago * minute }, now - ago * minute);
    await addAction(tenant.id, { status: "done", finishedAt: now - ago * minute });
  }
  const { minutes } = await readLoad(ctx);
  expect(minutes).toHaveLength(60);
  const more = minutes.map(({ runs, actions }, at) => [runs - (before[at]?.runs ?? 0), actions - (before[at]?.actions ?? 0)]);
  expect([more[59], more[1], more.flat().reduce((sum, each = 0) => sum + each, 0)]).toEqual([[2, 2], [1, 1], 6]);
});

test("of a job's runs of a day one in a hundred may fail: above one the budget is used up, and the worst job comes first", async () => {
  const now = Date.now() + 48 * 60 * minute;
  const ctx = await staffCtx(() => now);
  const tenant = await makeTenant();
  await testEnv.DB.prepare(
    `insert into runs (id, tenant_id, job, slot, trigger, request_id, created_at, status, available_at, finished_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)
     select ? || i, ?, 'klaviyo-sensor', i, 'schedule', 'req', ?, case when i <= 3 then 'failed' else 'succeeded' end, ?, ? from n`,
  )
    .bind(newId("run", now - minute).slice(0, -3), tenant.id, now, now, now)
    .run();
  await addRun(tenant.id, { job: "ga4-sensor", status: "succeeded", finishedAt: now }, now);
  const { budgets } = await readLoad(ctx);
  const own = budgets.map(({ job, ended, failed, used }) => [job, ended, failed, used]);
  expect(own).toEqual([
    ["klaviyo-sensor", 200, 3, 1.5],
    ["ga4-sensor", 1, 0, 0],
  ]);
  await database.delete(runs).where(eq(runs.tenantId, tenant.id));
});

test("accounts that came near a limit are named, the nearest first, for a quarter of an hour", async () => {
  const ctx = await staffCtx();
  const tenant = await makeTenant({ name: "Near" });
  const now = ctx.now();
  await database.insert(connections).values({
    ...{ id: "con_near", tenantId: tenant.id, provider: "klaviyo", externalId: crypto.randomUUID(), name: "Near’s list" },
    ...{ details: {}, scopesAsked: [], scopesGranted: [], status: "active", connectedBy: "usr", connectedAt: now },
  });
  const use = { tenantId: tenant.id, connectionId: "con_near", waits: 3, at: now };
  await database.insert(rateUses).values([
    { ...use, limit: "GET flows a minute", share: 0.6 },
    { ...use, limit: "GET lists a minute", share: 0.99 },
    { ...use, limit: "GET events a minute", share: 1, at: now - 16 * minute },
  ]);
  const own = (await readLoad(ctx)).tight.filter(({ tenantId }) => tenantId === tenant.id);
  expect(own.map(({ limit, share }) => [limit, share])).toEqual([
    ["GET lists a minute", 0.99],
    ["GET flows a minute", 0.6],
  ]);
  expect(own[0]).toMatchObject({ tenantName: "Near", account: "Near’s list", providerName: "Klaviyo", waits: 3 });
});

test("no list of it reads what ended long ago, or what is not due", async () => {
  const { results } = await testEnv.DB.prepare(
    `explain query plan select tenant_id, count(*), min(available_at) from actions where available_at is not null and available_at <= 5 group by tenant_id`,
  ).all<{ detail: string }>();
  expect(results.map(({ detail }) => detail).join()).toContain("actions_due");
  const ended = await testEnv.DB.prepare(`explain query plan select count(*) from actions where finished_at >= 5`).all<{
    detail: string;
  }>();
  expect(ended.results.map(({ detail }) => detail).join()).toContain("actions_finished");
});

test("clients are stopped and resumed many at once, each with a line in its own log; what its own people stopped stays so", async () => {
  const ctx = await staffCtx();
  const [one, other, own] = [await makeTenant(), await makeTenant(), await makeTenant({ name: "Its own" })];
  const owner = await makeUser({ roles: [[own, "owner"]] });
  await stopActing(testTenantCtx(own, "owner", { actor: owner.actor }));
  const tenants = [one.id, other.id, other.id, own.id, "nobody"];
  expect(await stopMany(ctx, { tenants, stops: true })).toEqual({ done: 3, kept: [] });
  const stops = () =>
    database.select({ scope: actionStops.scope }).from(actionStops).where(sql`${actionStops.scope} in (${one.id}, ${other.id}, ${own.id})`);
  expect(await stops()).toHaveLength(3);
  expect(await stopMany(ctx, { tenants, stops: false })).toEqual({ done: 2, kept: ["Its own"] });
  expect(await stops()).toEqual([{ scope: own.id }]);
  const lines = await database.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, one.id));
  expect(lines.map(({ action }) => action)).toEqual(["acting.stopped", "acting.resumed"]);
});

test("nobody but staff sees it or stops many", async () => {
  const { actor } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  const ctx = testCtx({ actor });
  await expect(readLoad(ctx)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(stopMany(ctx, { tenants: [], stops: true })).rejects.toMatchObject({ kind: "forbidden" });
});
