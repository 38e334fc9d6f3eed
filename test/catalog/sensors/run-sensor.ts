import { sql } from "drizzle-orm";
import { batchOf } from "#db/client.ts";
import { measurements as measurementRows } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import { checkMeasurements } from "#server/catalog/check-measurements.ts";
import type { ListedOrders, Measurement, OrderRecord, RefundRecord, Sensor, Step } from "#server/catalog/sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { deleteOrders } from "#server/domain/commerce/delete-orders.ts";
import { shopHistory } from "#server/domain/commerce/shop-history.ts";

export interface SensorRun {
  steps: Step<unknown>[];
  measurements: Measurement[];
  orders: OrderRecord[];
  refunds: RefundRecord[];
  cursor: unknown;
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
  for (let left = input.steps ?? 100; left > 0; left--) {
    const stored: unknown = JSON.parse(JSON.stringify(run.cursor));
    const step = await sensor.step({
      account: () => input.account,
      config: sensor.config.parse(input.config ?? {}),
      cursor: stored === null ? null : sensor.cursor.parse(stored),
      shop: shopHistory(ctx),
      now: input.now ?? Date.now(),
      timezone: input.timezone ?? "UTC",
      currency: "GBP",
      signal: new AbortController().signal,
      log: (level, message, fields) => void run.logs.push({ level, message, fields }),
    });
    checkMeasurements(sensor.metrics, step.measurements);
    await store(ctx, sensor, input, step);
    run.steps.push(step);
    run.measurements.push(...(step.measurements ?? []));
    run.orders.push(...(step.orders ?? []));
    run.refunds.push(...(step.refunds ?? []));
    run.cursor = step.cursor;
    if (step.done) return run;
  }
  return run;
}

async function store(ctx: TenantCtx, sensor: Sensor, input: RunInput, step: Step<unknown>): Promise<void> {
  const owner = [ctx.tenant.id, input.account.connectionId];
  const orders = (step.orders ?? []).map((o) => [
    ...owner,
    o.externalId,
    o.customerId,
    o.placedAt,
    o.day,
    o.grossMinor,
    o.currency,
    o.updatedAt,
    o.cancelledAt,
  ]);
  const refunds = (step.refunds ?? []).map((r) => [
    ...owner,
    r.externalId,
    r.orderExternalId,
    r.refundedAt,
    r.day,
    r.amountMinor,
    r.currency,
  ]);
  for (const [table, rows] of [["orders", orders] as const, ["refunds", refunds] as const]) {
    const columns = (rows[0] ?? []).map((_, place) => `value ->> ${place}`).join(", ");
    const write = `insert or replace into ${table} select ${columns} from json_each(?)`;
    if (rows.length > 0) await ctx.databases.DB.prepare(write).bind(JSON.stringify(rows)).run();
  }
  if (step.listed) await takeOut(ctx, input.account.connectionId, step.listed, input.now ?? Date.now());
  await storeMeasurements(ctx, sensor.id, step.measurements ?? [], input.now ?? Date.now());
}

/** As the engine does: what is stored of that time and no longer listed goes. */
async function takeOut(ctx: TenantCtx, connectionId: string, listed: ListedOrders, now: number): Promise<void> {
  const { externalIds, from, to, changedBefore } = listed;
  const which = sql`select tenant_id, connection_id, external_id from orders
    where tenant_id = ${ctx.tenant.id} and connection_id = ${connectionId} and placed_at >= ${from} and placed_at < ${to}
      and updated_at < ${changedBefore} and external_id not in (select value from json_each(${JSON.stringify(externalIds)}))`;
  await batchOf(ctx.db, deleteOrders(ctx.db, { which, now }));
}

/** Writes measurements in one statement. */
export async function storeMeasurements(ctx: TenantCtx, sensor: string, values: readonly Measurement[], measuredAt: number): Promise<void> {
  if (values.length === 0) return;
  await ctx.db.run(sql`
    insert into ${measurementRows} (tenant_id, sensor, metric, day, dimension, currency, value, measured_at)
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
