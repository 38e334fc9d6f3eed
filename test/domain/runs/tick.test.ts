import { beforeEach, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { schedules } from "#db/schema/index.ts";
import { claimDue, dueSchedules } from "#server/domain/runs/claim-due.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";
import { clearRuns, database, makeRig } from "./rig.ts";
import { testSensor } from "./sensors.ts";

const hour = 3_600_000;
const hourly = testSensor("hourly", undefined, { everyS: 3600 });

beforeEach(clearRuns);

test("two ticks of the same minute, even at the same moment, make one run and one message", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await rig.tenant();
  const made = await Promise.all([rig.tick(), rig.tick()]);
  await rig.tick();
  expect(made.reduce((sum, count) => sum + count)).toBe(1);
  expect(await tenant.runs()).toHaveLength(1);
  expect(rig.ctx.traces.runs).toHaveLength(1);
});

test("a cron that did not come for hours makes one run, of the latest slot", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  rig.clock.advance(5 * hour + 1000);
  expect(await rig.tick()).toBe(1);
  expect(await rig.tick()).toBe(0);
  const [, late] = await tenant.runs();
  expect(late?.slot).toBeGreaterThan(rig.clock.now() - hour);
  const schedule = await tenant.schedule("hourly");
  expect(schedule?.nextAt).toBe((late?.slot ?? 0) + hour);
});

test("over a day with a minutely cron an hourly job runs 24 times after its first run", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  for (let quarter = 0; quarter < 24 * 4; quarter++) {
    rig.clock.advance(hour / 4);
    await rig.tick();
    await rig.work();
  }
  expect(await tenant.runs()).toHaveLength(25);
});

test("a job whose last run is still open gets none for the next slot, and then goes on", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await rig.tenant();
  await rig.tick();
  rig.clock.advance(hour);
  expect(await rig.tick()).toBe(0);
  await rig.work();
  rig.clock.advance(hour);
  expect(await rig.tick()).toBe(1);
  expect((await tenant.runs()).map(({ status }) => status)).toEqual(["succeeded", "queued"]);
});

test("what is off, blocked or not due makes no run", async () => {
  const rig = makeRig({ jobs: [hourly, testSensor("needy", undefined, { needs: [{ provider: "shopify", scopes: [] }] })] });
  const tenant = await rig.tenant({ features: { hourly: false } });
  expect(await rig.tick()).toBe(0);
  expect(await tenant.runs()).toEqual([]);
});

test("when messages cannot be sent the runs are made all the same", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await rig.tenant();
  rig.ctx.send.runs = () => Promise.reject(new Error("the queue is away"));
  expect(await rig.tick()).toBe(1);
  expect(await tenant.runs()).toMatchObject([{ status: "queued" }]);
});

test("a tick reads the due schedules and no others, however many there are", async () => {
  const rig = makeRig({ jobs: [] });
  const rowsRead = async () => {
    const prepared = dueSchedules(database, rig.clock.now()).toSQL();
    const answer = await testEnv.DB.prepare(prepared.sql)
      .bind(...prepared.params)
      .all();
    return answer.meta.rows_read;
  };
  const fill = (prefix: string, count: number, nextAt: number) =>
    testEnv.DB.prepare(
      `insert into schedules (tenant_id, job, every_s, next_at, enabled, config)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) select ? || i, 'hourly', 3600, ?, 1, '{}' from n`,
    )
      .bind(count, prefix, nextAt)
      .run();
  await fill("due-", 100, rig.clock.now() - 1000);
  await fill("later-", 1_000, rig.clock.now() + hour);
  const few = await rowsRead();
  await fill("much-later-", 9_000, rig.clock.now() + hour);
  const many = await rowsRead();
  expect(many).toBe(few);
  expect(many).toBeLessThanOrEqual(201);

  const batch = vi.spyOn(testEnv.DB, "batch");
  expect(await claimDue(rig.ctx)).toBe(100);
  const results = await Promise.all(batch.mock.results.map(({ value }) => value as Promise<D1Result[]>));
  const rowsOfBatches = results.flat().reduce((sum, { meta }) => sum + meta.rows_read, 0);
  batch.mockRestore();
  expect(rowsOfBatches).toBeGreaterThan(100);
  // Two of them are the turns of their clients.
  expect(rowsOfBatches).toBeLessThan(100 * 12);
});

test("a sensor that a deployment brought is scheduled for every tenant by the cron itself, once", async () => {
  const rig = makeRig({ jobs: [hourly] });
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant);
  expect(await alignSchedules(rig.ctx, [hourly])).toBe(1);
  expect(await alignSchedules(rig.ctx, [hourly])).toBe(0);
  expect(await alignSchedules(rig.ctx, [hourly, testSensor("brand-new")])).toBe(1);
  const rows = await openDb(testEnv.DB).select().from(schedules).orderBy(schedules.job);
  expect(rows.map(({ tenantId, job, blocked }) => [tenantId, job, blocked])).toEqual([
    [ctx.tenant.id, "brand-new", null],
    [ctx.tenant.id, "hourly", null],
  ]);
});
