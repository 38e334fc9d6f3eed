import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, schedules, tenants } from "#db/schema/index.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { testCtx, testEnv } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);
const standing = Date.now();
/** By default a clock that stands, so that a slow machine has all the time that it needs. */
const cron = (now: () => number = () => standing) => testCtx({ actor: { type: "system", job: "cron" }, now });

beforeEach(async () => {
  await db.batch([db.delete(tenants), db.delete(schedules), db.delete(connections)]);
});

/** Clients with an account at Google each. */
async function makeClients(count: number): Promise<void> {
  const numbers = "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?)";
  await testEnv.DB.batch([
    testEnv.DB.prepare(
      `insert into tenants (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
       ${numbers} select 'client-' || i, 'Client', 'shopify', 'growth', 'active', 'en', 'EUR', 'UTC', '{}', 0 from n`,
    ).bind(count),
    testEnv.DB.prepare(
      `insert into connections (id, tenant_id, provider, external_id, name, details, scopes_asked, scopes_granted, status, connected_by, connected_at,
         chosen)
       ${numbers} select 'con-' || i, 'client-' || i, 'google', 'account-' || i, '', '{}', '[]',
         '["https://www.googleapis.com/auth/analytics.readonly"]', 'active', 'usr', 0, '[{"kind":"ga4_property","id":"1","name":"Shop"}]' from n`,
    ).bind(count),
  ]);
}

const withJob = async (job: string) => db.$count(schedules, eq(schedules.job, job));

test("ten thousand clients have the schedules of a new job after one tick, and a second one finds nothing to do", async () => {
  await makeClients(10_000);
  expect(await alignSchedules(cron(), sensors)).toBe(10_000);
  expect(await withJob("ga4-sensor")).toBe(10_000);
  expect(await db.$count(schedules)).toBe(10_000 * sensors.length);
  expect(await alignSchedules(cron(), [...sensors, testSensor("brand-new")])).toBe(10_000);
  expect(await withJob("brand-new")).toBe(10_000);
  const { d1, rowsRead } = countingD1(testEnv.DB);
  expect(await alignSchedules({ ...cron(), directory: openDb(d1) }, [...sensors, testSensor("brand-new")])).toBe(0);
  expect(rowsRead()).toBeLessThan(3);
});

test("of a client's schedules those that a change of the registry leaves as they are are not written", async () => {
  await makeClients(20);
  await alignSchedules(cron(), sensors);
  const before = await db.select().from(schedules);
  const batch = vi.spyOn(testEnv.DB, "batch");
  await alignSchedules(cron(), [...sensors, testSensor("brand-new")]);
  const results = await Promise.all(batch.mock.results.map(({ value }) => value as Promise<D1Result[]>));
  batch.mockRestore();
  expect(results.flat().reduce((sum, { meta }) => sum + meta.changes, 0)).toBe(20);
  const after = await db.select().from(schedules);
  expect(after.filter(({ job }) => job !== "brand-new")).toEqual(before);
});

test("clients whose page fails keep no others waiting, and have their schedules a tick later", async () => {
  const jobs = Array.from({ length: 600 }, (_, at) => testSensor(`job-${at}`));
  await makeClients(25); // ten of them a page
  let batches = 0;
  const ctx = cron();
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is === "batch" && ++batches === 1) throw new Error("this page is refused");
    return undefined;
  });
  await expect(alignSchedules({ ...ctx, databases: { DB: d1 } }, jobs)).rejects.toThrow("some clients have not the schedules");
  expect(await withJob("job-599")).toBe(15);
  expect(await alignSchedules(ctx, jobs)).toBe(10);
  expect(await withJob("job-599")).toBe(25);
});

test("what takes longer than the tick has for it goes on in the next one", async () => {
  const jobs = Array.from({ length: 600 }, (_, at) => testSensor(`job-${at}`));
  await makeClients(25);
  let now = Date.now();
  // Each look at the clock is seven seconds later.
  const slow = cron(() => (now += 7_000));
  expect(await alignSchedules(slow, jobs)).toBe(10);
  expect(await alignSchedules(slow, jobs)).toBe(10);
  expect(await alignSchedules(slow, jobs)).toBe(5);
});
