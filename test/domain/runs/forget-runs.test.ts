import { count } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { deadLetters, runLogs, runs } from "#db/schema/index.ts";
import type { RunStatus } from "#db/words/runs.ts";
import type { Plan } from "#db/words/tenants.ts";
import { readOverview } from "#server/domain/metrics/overview.ts";
import { forgetRuns } from "#server/domain/runs/forget-runs.ts";
import { plans } from "#server/domain/tenancy/plans.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { clearRuns, database } from "./rig.ts";

const day = 86_400_000;
const now = Date.parse("2026-11-20T12:00:00Z");

beforeEach(clearRuns);

/** A run of so many days ago, with two lines. */
async function run(tenantId: string, ago: number, status: RunStatus = "succeeded"): Promise<string> {
  const at = now - ago * day;
  const id = newId("run", at);
  const row = { id, tenantId, job: `job-${id}`, slot: at, trigger: "schedule", status, availableAt: at, createdAt: at } as const;
  const line = { tenantId, runId: id, at, level: "info", message: "counted" } as const;
  await database.batch([
    database.insert(runs).values(row),
    database.insert(runLogs).values([
      { ...line, seq: 1 },
      { ...line, seq: 2 },
    ]),
  ]);
  return id;
}

/** All turns of one hour. */
async function anHour(from = now) {
  const gone = { runs: 0, lines: 0 };
  for (let minute = 0; minute < 60; minute++) {
    const { runs: more, lines } = await forgetRuns(testCtx({ actor: { type: "system", job: "cron" }, now: () => from + minute * 60_000 }));
    gone.runs += more;
    gone.lines += lines;
  }
  return gone;
}

const left = async () => ({
  runs: (await database.select({ id: runs.id }).from(runs).orderBy(runs.id)).map(({ id }) => id),
  lines: (await database.selectDistinct({ id: runLogs.runId }).from(runLogs).orderBy(runLogs.runId)).map(({ id }) => id),
});

test.each(Object.keys(plans) as Plan[])("%s: runs and lines go when its plan says, and not a day before", async (plan) => {
  const tenant = await makeTenant({ plan });
  const { runDays, logDays } = plans[plan];
  const ago = async (days: number) => run(tenant.id, days);
  await ago(runDays + 1);
  const first = await ago(runDays - 1);
  await ago(logDays + 1);
  const last = await ago(logDays - 1);
  const today = await ago(0);
  expect(await anHour()).toEqual({ runs: 1, lines: 6 });
  expect((await left()).runs).toEqual(expect.arrayContaining([first, last, today]));
  expect((await left()).runs).toHaveLength(4);
  expect((await left()).lines).toEqual([last, today]);
  expect(await anHour()).toEqual({ runs: 0, lines: 0 });
});

test("what is open stays with its lines, and so does what may still be replayed, however old", async () => {
  const tenant = await makeTenant({ plan: "quickwin" });
  const queued = await run(tenant.id, 400, "queued");
  const running = await run(tenant.id, 390, "running");
  const letter = await run(tenant.id, 380, "dead");
  const replayed = await run(tenant.id, 370, "dead");
  const of = (runId: string, replayedAt: number | null) => ({
    ...{ id: newId("ddl", now), queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId, reason: "dead", at: now, replayedAt },
  });
  await database.insert(deadLetters).values([of(letter, null), of(replayed, now)]);
  expect(await anHour()).toEqual({ runs: 1, lines: 2 });
  expect(await left()).toEqual({ runs: [queued, running, letter], lines: [queued, running, letter] });
});

test("one client's plan takes nothing of another's", async () => {
  const [small, large] = [await makeTenant({ plan: "quickwin" }), await makeTenant({ plan: "growth" })];
  await run(small.id, 100);
  const kept = await run(large.id, 100);
  expect((await anHour()).runs).toBe(1);
  expect((await left()).runs).toEqual([kept]);
});

test("each client has its turn within the hour, and a tick deletes no more than a few of many", async () => {
  const tenants = await Promise.all(Array.from({ length: 130 }, () => makeTenant({ plan: "quickwin" })));
  for (const { id } of tenants) await run(id, 100);
  const gone = await Promise.all(
    [0, 1, 2].map((minute) => forgetRuns(testCtx({ actor: { type: "system", job: "cron" }, now: () => now + minute * 60_000 }))),
  );
  expect(gone.map((each) => each.runs)).toEqual([3, 3, 3]);
  await anHour();
  expect((await left()).runs).toEqual([]);
});

test("a tick reads what it deletes, and not what is kept", async () => {
  const tenant = await makeTenant({ plan: "growth" });
  await testEnv.DB.prepare(
    `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
     select ?1 || printf('%05d', i), ?2, 'free' || i, i, 'schedule', 'succeeded', 0, 0 from n`,
  )
    .bind(newId("run", now, new Uint8Array(10)).slice(0, -5), tenant.id)
    .run();
  await run(tenant.id, 500);
  const seen: number[] = [];
  const counting = new Proxy(testEnv.DB, {
    get(target, key) {
      if (key === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          seen.push(...results.map(({ meta }) => meta.rows_read));
          return results;
        };
      const found: unknown = Reflect.get(target, key);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  const gone = { runs: 0 };
  for (let minute = 0; minute < 60; minute++) {
    const ctx = testCtx({ actor: { type: "system", job: "cron" }, now: () => now + minute * 60_000 });
    gone.runs += (await forgetRuns({ ...ctx, databases: { DB: counting } })).runs;
  }
  expect(gone.runs).toBe(1);
  expect(seen.length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...seen)).toBeLessThan(60);
});

test("figures are what they were when all runs are gone", async () => {
  const ctx = testTenantCtx(await makeTenant({ plan: "quickwin" }), "owner", { now: () => now });
  await run(ctx.tenant.id, 200);
  const before = await readOverview(ctx);
  await anHour();
  const after = await readOverview(ctx);
  expect(after.sensors).toEqual(before.sensors);
  expect((await database.select({ all: count() }).from(runs))[0]?.all).toBe(0);
});
