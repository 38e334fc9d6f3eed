import { eq, sql } from "drizzle-orm";
import { batchOf, openDb } from "#db/client.ts";
import { measurements as measurementRows, runs } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import { checkMeasurements } from "#server/catalog/check-measurements.ts";
import type { Step } from "#server/catalog/job.ts";
import type { Measurement, OrderRecord, RefundRecord } from "#server/catalog/records.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { outcomeStatements } from "#server/domain/runs/outcome-statements.ts";
import { storedOf } from "#server/domain/runs/stored-of.ts";
import { newId } from "#server/ids.ts";
import { testEnv } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";

export interface SensorRun {
  steps: Step<unknown>[];
  /** What was measured; not of what there was found to be none. */
  measurements: (Measurement & { value: number })[];
  orders: OrderRecord[];
  refunds: RefundRecord[];
  cursor: unknown;
  /** In English. */
  logs: { level: string; message: string; fields: Record<string, unknown> | undefined }[];
}

export interface RunInput {
  account: Account;
  now?: number;
  cursor?: unknown;
  config?: unknown;
  timezone?: string;
  /** Stops before this many steps, as a worker that dies does. */
  steps?: number;
}

/** Runs a sensor to its end as the engine does: each step's rows are written, its cursor goes through JSON and its schema. */
export async function runSensor(ctx: TenantCtx, sensor: Sensor, input: RunInput): Promise<SensorRun> {
  const run: SensorRun = { steps: [], measurements: [], orders: [], refunds: [], cursor: input.cursor ?? null, logs: [] };
  const held = await holdRun(ctx, sensor);
  for (let left = input.steps ?? 100; left > 0; left--) {
    const stored: unknown = JSON.parse(JSON.stringify(run.cursor));
    const step = await sensor.step({
      account: () => input.account,
      optionalAccount: () => null,
      config: sensor.config.parse(input.config ?? {}),
      cursor: stored === null ? null : sensor.cursor.parse(stored),
      ...storedOf(ctx, input.account.connectionId),
      now: input.now ?? Date.now(),
      timezone: input.timezone ?? "UTC",
      currency: "GBP",
      signal: new AbortController().signal,
      log: (level, line: string, fields, params = {}) =>
        void run.logs.push({ level, message: voiceIn("en").say({ code: `${sensor.id}.${line}`, params }), fields }),
    });
    checkMeasurements(sensor.metrics, step.measurements);
    await store(ctx, sensor, input, { run: held, found: step });
    run.steps.push(step);
    run.measurements.push(...(step.measurements ?? []).flatMap(({ value, ...each }) => (value === null ? [] : [{ ...each, value }])));
    run.orders.push(...(step.orders ?? []));
    run.refunds.push(...(step.refunds ?? []));
    run.cursor = step.cursor;
    if (step.done) return run;
  }
  return run;
}

/** Writes a step by the engine's own statements, for a run that is held. */
async function store(
  ctx: TenantCtx,
  sensor: Sensor,
  input: RunInput,
  { run, found }: { run: string; found: Step<unknown> },
): Promise<void> {
  const now = input.now ?? Date.now();
  const next = {
    status: "running",
    attempt: 1,
    step: 1,
    availableAt: now,
    sentAt: null,
    errorKind: null,
    errorMessage: null,
    errorParams: null,
    finishedAt: null,
  } as const;
  const came = {
    run,
    tenantId: ctx.tenant.id,
    job: sensor.id,
    found,
    proposed: [],
    connectionIds: [input.account.connectionId],
    answeredIds: [],
    failing: null,
    calls: 0,
    logs: [],
  };
  const { effects } = outcomeStatements(database, { outcomes: [{ ...came, next, defect: null }], lease, now });
  await batchOf(database, effects);
}

const database = openDb(testEnv.DB);
const lease = "of the test";

async function holdRun(ctx: TenantCtx, sensor: Sensor): Promise<string> {
  // One is open at a time: what an earlier test of the same client held has ended.
  await database.delete(runs).where(eq(runs.lease, lease));
  const id = newId("run", Date.now());
  await database.insert(runs).values({
    id,
    tenantId: ctx.tenant.id,
    job: sensor.id,
    slot: Date.now(),
    trigger: "schedule",
    status: "running",
    lease,
    availableAt: 0,
    createdAt: Date.now(),
  });
  return id;
}

/** Writes measurements in one statement. */
export async function storeMeasurements(ctx: TenantCtx, sensor: string, values: readonly Measurement[], measuredAt: number): Promise<void> {
  if (values.length === 0) return;
  await ctx.db.run(sql`
    insert into ${measurementRows} (tenant_id, job, metric, day, dimension, currency, value, measured_at)
    select ${ctx.tenant.id}, ${sensor}, value ->> 'metric', value ->> 'day', coalesce(value ->> 'dimension', ''), coalesce(value ->> 'currency', ''), value ->> 'value', ${measuredAt}
    from json_each(${JSON.stringify(values)}) where true
    on conflict do update set value = excluded.value, measured_at = excluded.measured_at`);
}

/** The values of one metric by day, or by day and dimension where it is split. */
export function valuesOf(run: SensorRun, metric: string): Record<string, number> {
  return Object.fromEntries(
    run.measurements
      .filter((each) => each.metric === metric)
      .map(({ day, dimension, value }) => [dimension === undefined ? day : `${day} ${dimension}`, value]),
  );
}
