import { gte, or, sql } from "drizzle-orm";
import { measurements } from "#db/schema/index.ts";
import { addDays } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { periodDays, type Series } from "./series.ts";

/** Split metrics are compared with nothing, so less of them is read: a month, and the one before while a new one begins. */
const splitDays = 45;

/**
 * The statement that reads two periods of all that was measured, one row a metric and part: D1 folds the days into one JSON
 * object, which is many times less to carry than a row a day.
 */
export const seriesStatement = (ctx: TenantCtx, today: string) =>
  ctx.db
    .select({
      sensor: measurements.sensor,
      metric: measurements.metric,
      dimension: measurements.dimension,
      currency: measurements.currency,
      measuredAt: sql<number>`max(${measurements.measuredAt})`,
      // JSON of SQLite has 15 digits of a number; 17 are a double whole, so that a figure is the same here as in an export.
      values: sql<string>`json_group_object(${measurements.day}, printf('%!.17g', ${measurements.value}))`,
    })
    .from(measurements)
    .where(
      inTenant(
        ctx,
        measurements,
        // Two days more: an account west of its client is still in yesterday, or for an hour a day in the day before.
        gte(measurements.day, addDays(today, -2 * periodDays - 1)),
        or(sql`${measurements.dimension} = ''`, gte(measurements.day, addDays(today, -splitDays))),
      ),
    )
    .groupBy(measurements.sensor, measurements.metric, measurements.dimension, measurements.currency);

/** `values` was written by D1 itself from our own numbers. */
export const toSeries = (rows: readonly (Omit<Series, "values"> & { values: string })[]): Series[] =>
  rows.map((row) => {
    const written = JSON.parse(row.values) as Record<string, string>;
    return { ...row, values: Object.fromEntries(Object.entries(written).map(([day, value]) => [day, Number(value)])) };
  });
