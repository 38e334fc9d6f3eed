import { sql } from "drizzle-orm";
import { measurements } from "#db/schema/index.ts";
import type { Measurement } from "#server/catalog/records.ts";
import type { WriteRows } from "./writing.ts";

/** All of a metric's day takes the place of what was measured of it before. */
export const writeMeasurements: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found }) => byMetricAndDay(found?.measurements ?? [])).flatMap((json) => {
    const key = sql`r.tenant_id, r.job, j.value->>0, j.value->>1`;
    const parts = held(json, sql`cross join json_each(j.value, '$[2]') p`);
    return [
      db.delete(measurements).where(
        sql`(tenant_id, job, metric, day) in (select ${key} ${held(json)})
          and (tenant_id, job, metric, day, dimension, currency) not in (select ${key}, p.value->>0, p.value->>1 ${parts})`,
      ),
      db
        .insert(measurements)
        .select(sql`select ${key}, p.value->>0, p.value->>1, p.value->>2, ${now} ${parts}`)
        .onConflictDoUpdate({
          target: [
            measurements.tenantId,
            measurements.job,
            measurements.metric,
            measurements.day,
            measurements.dimension,
            measurements.currency,
          ],
          set: { value: sql`excluded.value`, measuredAt: sql`excluded.measured_at` },
        }),
    ];
  });

/** Dimension, currency and value. */
type Part = readonly [string, string, number];

/** Metric, day and its parts: what is written of a metric's day stands together, since it takes the place of what was there. */
function byMetricAndDay(measured: readonly Measurement[]): (readonly [string, string, Part[]])[] {
  const days = new Map<string, readonly [string, string, Part[]]>();
  for (const { metric, day, dimension = "", currency = "", value } of measured) {
    const key = `${metric} ${day}`;
    const known = days.get(key) ?? ([metric, day, []] as const);
    days.set(key, known);
    if (value !== null) known[2].push([dimension, currency, value]);
  }
  return [...days.values()];
}
