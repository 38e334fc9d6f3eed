import { addDays, daysBetween } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/sensor.ts";

export const periodDays = 30;

/** Values of one metric and dimension value, by day. */
export interface Series {
  sensor: string;
  metric: string;
  dimension: string;
  measuredAt: number;
  values: Readonly<Record<string, number>>;
}

/** What was measured, to be asked by sensor and metric: the part `""` is the whole. */
export type Measured = ReadonlyMap<string, readonly Series[]>;

const keyOf = (sensor: string, metric: string) => `${sensor} ${metric}`;

export function bySensorAndMetric(all: readonly Series[]): Measured {
  const measured = new Map<string, Series[]>();
  for (const series of all) {
    const key = keyOf(series.sensor, series.metric);
    const known = measured.get(key);
    if (known) known.push(series);
    else measured.set(key, [series]);
  }
  return measured;
}

/** The parts of a metric, or its one whole. */
export const partsOf = (measured: Measured, sensor: string, metric: string): readonly Series[] => measured.get(keyOf(sensor, metric)) ?? [];

export const wholeOf = (measured: Measured, sensor: string, metric: string): Series | undefined =>
  partsOf(measured, sensor, metric).find(({ dimension }) => dimension === "");

/** The days of the present period, which ends `today`, and of the one before it. */
export interface Periods {
  present: readonly string[];
  before: readonly string[];
}

export const periodsUntil = (today: string): Periods => ({
  present: daysBetween(addDays(today, 1 - periodDays), today),
  before: daysBetween(addDays(today, 1 - 2 * periodDays), addDays(today, -periodDays)),
});

/** One figure of a period of days: by the metric's own aggregate; null where nothing was measured in it. */
export function figureOf(values: Series["values"], days: readonly string[], aggregate: Metric["aggregate"] = "sum"): number | null {
  const found = days.flatMap((day) => values[day] ?? []);
  const last = found.at(-1);
  if (last === undefined) return null;
  switch (aggregate) {
    case "sum":
      return found.reduce((a, b) => a + b, 0);
    case "mean":
      return found.reduce((a, b) => a + b, 0) / found.length;
    case "last":
      return last;
    default:
      return aggregate satisfies never;
  }
}

/** The newest state that was measured on or before `day`; null without any. */
export function stateOn(values: Series["values"], day: string): number | null {
  let newest = "";
  for (const each of Object.keys(values)) if (each <= day && each > newest) newest = each;
  return values[newest] ?? null;
}

/** The day of the newest measurement of any of the parts; null without any. */
export function newestDay(parts: readonly Series[]): string | null {
  let newest = "";
  for (const { values } of parts) for (const day of Object.keys(values)) if (day > newest) newest = day;
  return newest === "" ? null : newest;
}
