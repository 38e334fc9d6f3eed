import { beforeEach, expect, test } from "vitest";
import { runs, schedules } from "#db/schema/index.ts";
import { everyOf } from "#server/catalog/job.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { readMetrics, readOverview } from "#server/domain/metrics/overview.ts";
import { maxAttempts } from "#server/domain/runs/engine.ts";
import { listDeadLetters } from "#server/domain/runs/list-dead-letters.ts";
import { replayDeadLetter } from "#server/domain/runs/replay-dead-letter.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { workDead } from "#server/domain/runs/work-dead.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";
import { clearRuns, delivery, makeRig } from "./rig.ts";
import { testSensor } from "./sensors.ts";

beforeEach(clearRuns);

const away = () => Promise.reject(new ProviderError("shopify", "unavailable", "Away."));
const refused = () => Promise.reject(new ProviderError("shopify", "rejected", "No."));
const done = async () => ({ cursor: null, done: true }) as const;

test("a sensor whose last run failed says so, however many runs of other jobs came after it", async () => {
  const [sensor] = sensors;
  if (!sensor) throw new Error("the shelf is empty");
  const now = Date.now();
  const ctx = testTenantCtx(await makeTenant());
  await ctx.db.insert(schedules).values({
    tenantId: ctx.tenant.id,
    job: sensor.id,
    everyS: everyOf(sensor),
    nextAt: now + 1000,
    config: {},
    lastSuccessAt: now - 1000,
    lastStatus: "failed",
    lastErrorKind: "rejected",
  });
  for (let later = 0; later < 9; later++) {
    const id = newId("run", now + later);
    const run = {
      id,
      tenantId: ctx.tenant.id,
      job: `other-${later}`,
      slot: now + later,
      trigger: "schedule",
      status: "succeeded",
    } as const;
    await ctx.db.insert(runs).values({ ...run, availableAt: now, createdAt: now });
  }
  const seen = async () => [
    (await readOverview(ctx)).sensors.find(({ id }) => id === sensor.id)?.state,
    (await readMetrics(ctx)).sensors.find(({ id }) => id === sensor.id)?.state,
  ];
  expect(await seen()).toEqual(["failing", "failing"]);
  await ctx.db.update(schedules).set({ lastStatus: "succeeded", lastErrorKind: null }).where(inTenant(ctx, schedules));
  expect(await seen()).toEqual(["ok", "ok"]);
});

test("what a run came to is on its schedule at once: a failure, the success after it, the failure after that", async () => {
  let step: () => Promise<{ cursor: null; done: true }> = refused;
  const rig = makeRig({ jobs: [testSensor("free", () => step())] });
  const tenant = await rig.tenant();
  const next = async () => {
    rig.clock.advance(3_600_000);
    await rig.tick();
    await rig.work();
    return { schedule: await tenant.schedule("free"), run: (await tenant.runs()).at(-1) };
  };
  const failed = await next();
  expect(failed.schedule).toMatchObject({
    lastStatus: "failed",
    lastErrorKind: "rejected",
    lastErrorMessage: "No.",
    lastErrorParams: null,
    lastRunId: failed.run?.id,
    lastFinishedAt: rig.clock.now(),
    lastSuccessAt: null,
  });
  step = done;
  const well = await next();
  expect(well.schedule).toMatchObject({
    lastStatus: "succeeded",
    lastErrorKind: null,
    lastErrorMessage: null,
    lastRunId: well.run?.id,
    lastFinishedAt: rig.clock.now(),
    lastSuccessAt: rig.clock.now(),
  });
  step = away;
  const trying = await next();
  expect(trying.schedule).toMatchObject({
    lastStatus: "queued",
    lastErrorKind: "unavailable",
    lastRunId: trying.run?.id,
    lastFinishedAt: well.schedule?.lastFinishedAt,
    lastSuccessAt: well.schedule?.lastSuccessAt,
  });
});

test("a worker that lost its lease leaves the schedule as it is", async () => {
  let lose: () => Promise<unknown> = async () => undefined;
  const rig = makeRig({
    jobs: [
      testSensor("free", async () => {
        await lose();
        return refused();
      }),
    ],
  });
  const tenant = await rig.tenant();
  lose = () => tenant.ctx.db.update(runs).set({ lease: "another" }).where(inTenant(tenant.ctx, runs));
  await rig.tick();
  await rig.work();
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: null, lastErrorKind: null, lastRunId: null });
});

test("a run whose worker was lost is told by the sweep: tried again, and dead after the last try", async () => {
  const rig = makeRig({ jobs: [testSensor("free", away), testSensor("other")] });
  const tenant = await rig.tenant();
  await rig.tick();
  rig.ctx.traces.runs.splice(0);
  const hold = (attempt: number) =>
    tenant.ctx.db
      .update(runs)
      .set({ status: "running", lease: "gone", attempt, availableAt: rig.clock.now() - 1 })
      .where(inTenant(tenant.ctx, runs));
  await hold(1);
  expect(await sweep(rig.ctx)).toEqual({ requeued: 2, died: 0 });
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: "queued", lastErrorKind: "lost", lastFinishedAt: null });
  rig.clock.advance(1000);
  await hold(maxAttempts);
  expect(await sweep(rig.ctx)).toEqual({ requeued: 0, died: 2 });
  const [run] = await tenant.runs();
  expect(await tenant.schedule(run?.job ?? "")).toMatchObject({
    lastStatus: "dead",
    lastErrorKind: "lost",
    lastErrorMessage: "run.worker_lost_always",
    lastErrorParams: {},
    lastRunId: run?.id,
    lastFinishedAt: rig.clock.now(),
  });
});

test("a replay takes the failure from the schedule, since the run has all its tries before it again", async () => {
  const rig = makeRig({ jobs: [testSensor("free", away)] });
  const tenant = await rig.tenant();
  await rig.tick();
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    await rig.work();
    rig.clock.advance(3_600_000);
  }
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: "dead", lastErrorKind: "unavailable" });
  await workDead(rig.ctx, rig.ctx.traces.dead.map(delivery));
  const staff = { ...rig.ctx, actor: (await makeUser({ staff: true })).actor };
  const [letter] = (await listDeadLetters(staff, { limit: 10, open: true })).items;
  await replayDeadLetter(staff, { letterId: letter?.id ?? "" });
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: "queued", lastErrorKind: null, lastErrorMessage: null });
});

test("a schedule that may run again begins without the failure of before", async () => {
  const jobs = [testSensor("free", refused)];
  const rig = makeRig({ jobs });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  const align = (features: Record<string, boolean>) => {
    const [first, ...rest] = scheduleStatements({ ...tenant.ctx, tenant: { ...tenant.ctx.tenant, features } }, { connections: [] }, jobs);
    if (!first) throw new Error("no statement");
    return tenant.ctx.db.batch([first, ...rest]);
  };
  await align({});
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: "failed" });
  await align({ free: false });
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: "failed" });
  await align({});
  expect(await tenant.schedule("free")).toMatchObject({ lastStatus: null, lastErrorKind: null, lastErrorMessage: null });
});
