import { gte, or, sql } from "drizzle-orm";
import { keep } from "#db/kept.ts";
import { measurements } from "#db/schema/index.ts";
import { addDays } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { periodDays, type Series } from "./series.ts";

/** Split metrics are compared with nothing, so less of them is read: a month, and the one before while a new one begins. */
const splitDays = 45;

export type SeriesRow = Omit<Series, "values"> & { values: string };

/**
 * Reads two periods of all that was measured, one row a metric and part: D1 folds the days into one JSON
 * object, which is many times less to carry than a row a day.
 */
const readSeries = keep((db) =>
  db
    .select({
      sensor: measurements.job,
      metric: measurements.metric,
      dimension: measurements.dimension,
      currency: measurements.currency,
      measuredAt: sql<number>`max(${measurements.measuredAt})`,
      // As JSON, which SQLite's own functions would write with 15 digits of a number; 17 are a double whole, so that a figure is the
      // same here as in an export.
      values: sql<string>`'{' || group_concat(printf('"%s":%!.17g', ${measurements.day}, ${measurements.value})) || '}'`,
    })
    .from(measurements)
    .where(
      inTenant(
        anyTenant,
        measurements,
        gte(measurements.day, sql.placeholder("from")),
        or(sql`${measurements.dimension} = ''`, gte(measurements.day, sql.placeholder("splitFrom"))),
      ),
    )
    .groupBy(measurements.job, measurements.metric, measurements.dimension, measurements.currency),
);

export const seriesUntil = (ctx: TenantCtx, today: string) =>
  readSeries({
    tenant: ctx.tenant.id,
    // Two days more: an account west of its client is still in yesterday, or for an hour a day in the day before.
    from: addDays(today, -2 * periodDays - 1),
    splitFrom: addDays(today, -splitDays),
  });

/** `values` was written by D1 itself from our own numbers. */
export const toSeries = (rows: readonly SeriesRow[]): Series[] =>
  rows.map((row) => ({ ...row, values: JSON.parse(row.values) as Series["values"] }));
