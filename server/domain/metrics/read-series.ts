import { gte, lte, or, sql } from "drizzle-orm";
import { keep } from "#db/kept.ts";
import { measurements } from "#db/schema/index.ts";
import { addDays } from "#server/catalog/days.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { firstDayOf, periodsUntil, type Series, usualView, type View } from "./series.ts";

/** Split metrics are compared with nothing, so less of them is read: what is looked at, and a month and a half for their newest state. */
const splitDays = 45;
/** An account west of its client is still in yesterday, or for an hour a day in the day before. */
const calendarDays = 2;

export type SeriesRow = Omit<Series, "values"> & { values: string };

/**
 * Reads days of some metrics, one row a metric and part: D1 folds the days into one JSON object, which is many times less to carry
 * than a row a day. Each metric is one range of the table's own key, whatever else was measured.
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
    .from(sql`json_each(${sql.placeholder("metrics")}) m`)
    .crossJoin(measurements)
    .where(
      inTenant(
        anyTenant,
        measurements,
        sql`${measurements.job} = m.value ->> 0`,
        sql`${measurements.metric} = m.value ->> 1`,
        gte(measurements.day, sql.placeholder("from")),
        lte(measurements.day, sql.placeholder("to")),
        or(sql`${measurements.dimension} = ''`, gte(measurements.day, sql.placeholder("splitFrom"))),
      ),
    )
    .groupBy(measurements.job, measurements.metric, measurements.dimension, measurements.currency),
);

/** What of a sensor is read: all of it, or what is not split. */
export interface SeriesWish {
  sensors: readonly Pick<Sensor, "id" | "metrics">[];
  whole?: boolean;
  view?: View;
}

/** What these sensors measured in the days of a view and in those that it is compared with; `today` is the client's. */
export function seriesUntil(ctx: TenantCtx, today: string, { sensors, whole = false, view = usualView }: SeriesWish) {
  const periods = periodsUntil(today, view);
  const [first, last] = [periods.present[0] ?? today, periods.present.at(-1) ?? today];
  const read = sensors.flatMap(({ id, metrics }) => metrics.filter(({ dimension }) => !whole || !dimension).map(({ key }) => [id, key]));
  const recent = addDays(last, -splitDays);
  return readSeries({
    tenant: ctx.tenant.id,
    metrics: JSON.stringify(read),
    from: addDays(firstDayOf(periods), -calendarDays),
    to: addDays(last, calendarDays),
    splitFrom: first < recent ? addDays(first, -calendarDays) : recent,
  });
}

/** `values` was written by D1 itself from our own numbers. */
export const toSeries = (rows: readonly SeriesRow[]): Series[] =>
  rows.map((row) => ({ ...row, values: JSON.parse(row.values) as Series["values"] }));
