import { addDays } from "#server/catalog/days.ts";
import type { Metric, Sensor } from "#server/catalog/sensor.ts";
import type { Text } from "#server/catalog/text.ts";
import { levelOf } from "#server/catalog/thresholds.ts";
import type { Locale } from "#server/domain/tenants/schemas.ts";
import type { Breakdown, Chart, CohortTable, Tile } from "./schemas.ts";
import { figureOf, type Measured, newestDay, type Periods, partsOf, type Series, stateOn, wholeOf } from "./series.ts";

/** What a metric is drawn from. */
export interface Drawing {
  sensor: Pick<Sensor, "id" | "metrics">;
  metric: Metric;
  measured: Measured;
  periods: Periods;
  locale: Locale;
}

const tones = ["ok", "warn", "danger"] as const;
/** So many lines can be told apart; the rest of a split metric is in its breakdown. */
const mostLines = 6;

/** The figure of a metric that is not split: of this period and the one before. */
export function figuresOf({ sensor, metric, measured, periods }: Drawing): { value: number | null; previous: number | null } {
  const whole = wholeOf(measured, sensor.id, metric.key);
  if (metric.quotient) {
    const { of, by } = metric.quotient;
    const quotient = (days: readonly string[]) => {
      const [above, below] = [of, by].map((key) => figureOf(wholeOf(measured, sensor.id, key)?.values ?? {}, days));
      if (above === null || above === undefined || !below) return null;
      return metric.unit === "money" ? Math.round(above / below) : above / below;
    };
    return { value: quotient(periods.present), previous: quotient(periods.before) };
  }
  if (!whole) return { value: null, previous: null };
  if (metric.kind === "snapshot") {
    const newest = newestDay([whole]) ?? "";
    return { value: stateOn(whole.values, newest), previous: stateOn(whole.values, addDays(newest, -periods.present.length)) };
  }
  return {
    value: figureOf(whole.values, periods.present, metric.aggregate),
    previous: figureOf(whole.values, periods.before, metric.aggregate),
  };
}

export function drawTile(drawing: Drawing): Tile {
  const { sensor, metric, measured, periods, locale } = drawing;
  const whole = wholeOf(measured, sensor.id, metric.key);
  const { value, previous } = figuresOf(drawing);
  return {
    key: metric.key,
    label: metric.label[locale],
    unit: metric.unit,
    value,
    previous,
    delta: value === null || !previous ? null : (value - previous) / Math.abs(previous),
    better: metric.better ?? null,
    tone: value === null ? null : toneOf(metric, value),
    trend: valuesOn(whole, periods.present),
    measuredAt: whole?.measuredAt ?? null,
  };
}

/** A line for a daily metric, or a line for each of its largest parts; null where there is nothing to draw. */
export function drawChart(drawing: Drawing): Chart | null {
  const { sensor, metric, measured, periods, locale } = drawing;
  if (metric.kind !== "daily") return null;
  const parts = metric.dimension ? largestFirst(drawing).map(({ series }) => series) : partsOf(measured, sensor.id, metric.key);
  const series = parts.slice(0, mostLines).map((part) => ({
    key: part.dimension || metric.key,
    label: metric.dimension ? partLabel(metric, part.dimension, locale) : metric.label[locale],
    values: valuesOn(part, periods.present),
  }));
  if (series.every(({ values }) => values.every((value) => value === null))) return null;
  return { key: metric.key, label: metric.label[locale], unit: metric.unit, series };
}

export function drawBreakdown(drawing: Drawing): Breakdown | null {
  const { metric, locale } = drawing;
  const parts = largestFirst(drawing);
  if (!metric.dimension || metric.table || parts.length === 0) return null;
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const rows = parts.map(({ series: { dimension }, value }) => ({
    key: dimension,
    label: partLabel(metric, dimension, locale),
    value,
    share: total > 0 ? value / total : 0,
  }));
  return { key: metric.key, label: metric.label[locale], dimension: metric.dimension[locale], unit: metric.unit, rows };
}

/** A triangle from parts that are named `YYYY-MM|offset`. */
export function drawCohorts(drawing: Drawing): CohortTable | null {
  const { sensor, metric, measured, locale } = drawing;
  const parts = partsOf(measured, sensor.id, metric.key);
  const day = newestDay(parts);
  if (metric.table !== "cohorts" || !metric.dimension || day === null) return null;
  const byMonth = new Map<string, number[]>();
  for (const { dimension, values } of parts) {
    const [month = "", offset = ""] = dimension.split("|");
    const value = values[day];
    if (value === undefined) continue;
    const row = byMonth.get(month) ?? [];
    row[Number(offset)] = value;
    byMonth.set(month, row);
  }
  const reached = [...byMonth].map(([month, row]) => monthNumber(month) + row.length - 1);
  const latest = Math.max(...reached);
  const cohorts = [...byMonth]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, row]) => {
      const length = latest - monthNumber(month) + 1;
      // A month that is over and in which nobody came has no part: that is 0.
      return { month, customers: Array.from({ length }, (_, offset) => row[offset] ?? 0) };
    });
  return { key: metric.key, label: metric.label[locale], dimension: metric.dimension[locale], cohorts };
}

/** The parts of a split metric with their figures: of the period, or of the newest state; without those that are 0 throughout. */
export function largestFirst({ sensor, metric, measured, periods }: Drawing): { series: Series; value: number }[] {
  const parts = partsOf(measured, sensor.id, metric.key);
  const newest = newestDay(parts) ?? "";
  return parts
    .map((series) => ({
      series,
      value: (metric.kind === "daily" ? figureOf(series.values, periods.present, metric.aggregate) : series.values[newest]) ?? 0,
    }))
    .filter(({ value }) => value !== 0)
    .sort((a, b) => b.value - a.value || (a.series.dimension < b.series.dimension ? -1 : 1));
}

function toneOf({ unit, thresholds }: Metric, value: number): Tile["tone"] {
  if (unit === "status") return tones[value] ?? null;
  return thresholds ? tones[levelOf(value, thresholds)] : null;
}

const valuesOn = (series: Series | undefined, days: readonly string[]) => days.map((day) => series?.values[day] ?? null);

const partLabel = (metric: Metric, dimension: string, locale: Locale): string => {
  const label: Text | undefined = metric.dimensionLabels?.[dimension];
  return label?.[locale] ?? dimension;
};

const monthNumber = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
