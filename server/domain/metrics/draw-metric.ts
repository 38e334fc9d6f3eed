import type { Locale, Text } from "#db/words/locales.ts";
import { addDays, daysBetween } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/metric.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { levelOf } from "#server/catalog/thresholds.ts";
import type { Amount, Breakdown, Chart, CohortTable, LargeChart, Tile } from "./schemas.ts";
import {
  currenciesOf,
  figureOf,
  type InUse,
  linesOf,
  type Measured,
  newestDay,
  type Periods,
  partsOf,
  type Series,
  stateOn,
  wholeOf,
} from "./series.ts";

/** What a metric is drawn from. */
export interface Drawing {
  sensor: Pick<Sensor, "id" | "metrics">;
  metric: Metric;
  measured: Measured;
  periods: Periods;
  locale: Locale;
  /** The client's: of amounts that do not say theirs. */
  currency: string;
  /** What the account that the sensor reads says of its currency; left out or null where it says none. */
  accountCurrency?: string | null;
}

const tones = ["ok", "warn", "danger"] as const;
/** So many lines can be told apart; the rest of a split metric is in its breakdown. */
const mostLines = 6;

/** A figure with what it is made from. */
export interface Figure extends Amount {
  made: Made;
}

type Figures = Pick<Amount, "value" | "previous" | "compared">;
type Days = Readonly<Record<string, number>>;

const nothing: Figures = { value: null, previous: null, compared: null };

/**
 * The figure of a metric that is not split: of this period and the one before. Money has one for each currency, the one in use
 * first; they are never added. There is always a first one, whose value is null where nothing was measured.
 */
export function figuresOf(drawing: Drawing): [Figure, ...Figure[]] {
  const { sensor, metric, measured } = drawing;
  if (metric.unit !== "money") {
    const line = wholeOf(measured, sensor.id, metric.key);
    const by = metric.quotient && wholeOf(measured, sensor.id, metric.quotient.by)?.values;
    const of = metric.quotient ? wholeOf(measured, sensor.id, metric.quotient.of) : line;
    return [toFigure(drawing, { line, currency: null, of: of?.values, by })];
  }
  const inUse = inUseOf(drawing);
  const own = linesOf(measured, sensor.id, metric.key, inUse);
  const above = metric.quotient ? linesOf(measured, sensor.id, metric.quotient.of, inUse) : own;
  const below = metric.quotient && linesOf(measured, sensor.id, metric.quotient.by, inUse);
  const [first, ...others] = above.map(({ currency: each, values }) => {
    const line = own.find((candidate) => candidate.currency === each);
    return toFigure(drawing, { line, currency: each, of: values, by: below?.find((candidate) => candidate.currency === each)?.values });
  });
  if (!first) return [{ ...nothing, delta: null, currency: null, made: nothingMade }];
  return [first, ...others.filter(({ value, previous }) => value || previous)];
}

const inUseOf = ({ periods, currency, accountCurrency }: Drawing): InUse => ({
  present: periods.present,
  own: currency,
  ofAccount: accountCurrency,
});

interface Made {
  line: Series | undefined;
  currency: string | null;
  /** What the figure is made of, and what it is divided by. */
  of: Days | undefined;
  by: Days | undefined;
}

const nothingMade: Made = { line: undefined, currency: null, of: undefined, by: undefined };

function toFigure(drawing: Drawing, made: Made): Figure {
  const figures = made.of ? figuresFrom(drawing, made.of, made.by) : nothing;
  return { ...figures, delta: deltaOf(drawing.metric, figures), currency: made.currency, made };
}

/** One figure of some days: by the metric's own aggregate, or as its quotient. */
function figureIn({ aggregate, quotient, unit }: Metric, { of, by }: Pick<Made, "of" | "by">, days: readonly string[]): number | null {
  const figure = figureOf(of ?? {}, days, aggregate);
  if (!quotient || figure === null) return figure;
  const divisor = figureOf(by ?? {}, days);
  if (!divisor) return null;
  return unit === "money" ? Math.round(figure / divisor) : figure / divisor;
}

function figuresFrom({ sensor, metric, measured, periods }: Drawing, of: Days, by: Days | undefined): Figures {
  if (metric.kind === "snapshot") {
    // A state that the sensor did not measure when it last measured its others is none any more.
    const newest = newestStateDay({ sensor, measured, periods });
    if (of[newest] === undefined) return nothing;
    if (metric.against) {
      const on = (key: string) => wholeOf(measured, sensor.id, key)?.values[newest] ?? null;
      const compared = { value: on(metric.against.compared.value), previous: on(metric.against.compared.previous) };
      return { value: stateOn(of, newest), previous: on(metric.against.previous), compared: bothOf(compared) };
    }
    const value = stateOn(of, newest);
    const previous = periods.stateShift > 0 ? stateOn(of, addDays(newest, -periods.stateShift)) : null;
    return { value, previous, compared: bothOf({ value, previous }) };
  }
  const on = (days: readonly string[]) => figureIn(metric, { of, by }, days);
  // Of a period that began before anything was measured, there is no figure to compare with.
  const hasBegun = (day = "") => Object.keys(of).some((each) => each <= day);
  const whole = (days: readonly string[]) => (hasBegun(days[0]) ? on(days) : null);
  const { present, before } = periods.compared;
  const [value, previous] = [on(present), whole(before)];
  return {
    value: on(periods.present),
    previous: whole(periods.before),
    compared: bothOf({ value, previous }),
  };
}

/** The day on which a sensor last measured how things are, of those that are looked at or before; "" where it never did. */
const newestStateDay = ({ sensor, measured, periods }: Pick<Drawing, "sensor" | "measured" | "periods">): string =>
  newestDay(
    sensor.metrics.flatMap(({ key, kind, table }) => (kind === "snapshot" && !table ? partsOf(measured, sensor.id, key) : [])),
    periods.present.at(-1),
  ) ?? "";

const bothOf = ({ value, previous }: { value: number | null; previous: number | null }): Figures["compared"] =>
  value === null || previous === null ? null : { value, previous };

/** Ratios move by points, everything else by a share of what it was. */
function deltaOf({ unit }: Metric, { compared }: Figures): number | null {
  if (!compared || (unit !== "ratio" && compared.previous === 0)) return null;
  const { value, previous } = compared;
  return (value - previous) / Math.abs(previous || 1);
}

/** The first days of whole weeks, the last of which ends with the last day; what is left at the beginning is not drawn. */
const weeksOf = (days: readonly string[]): string[] => days.filter((_, place) => (days.length - place) % 7 === 0);

/** What is not split and not left out has a tile. */
export const isTile = ({ metric }: Drawing): boolean => metric.tile !== false && !metric.dimension;

/** Of more days a point is a week: what is sold by weekday would be a comb. */
const mostDailyPoints = 120;

/** One metric by day or week, beside what it is compared with; null where nothing of it was measured. */
export function drawLarge(drawing: Drawing): LargeChart | null {
  const { sensor, metric, periods, locale } = drawing;
  const [{ made, currency }] = figuresOf(drawing);
  const { line } = made;
  const every = periods.present.length > mostDailyPoints ? "week" : "day";
  const days = every === "week" ? weeksOf(periods.present) : periods.present;
  const on = (day: string) => {
    if (every === "day") return line?.values[day] ?? null;
    const week = daysBetween(day, addDays(day, 6));
    return metric.kind === "snapshot" ? figureOf(line?.values ?? {}, week, "last") : figureIn(metric, made, week);
  };
  const values = days.map(on);
  if (metric.unit === "status" || values.every((value) => value === null)) return null;
  const { shift } = periods;
  return {
    sensor: sensor.id,
    key: metric.key,
    label: metric.label[locale],
    ...howOf(drawing),
    unit: metric.unit,
    currency,
    every,
    days: [...days],
    values,
    before: shift > 0 ? days.map((day) => on(addDays(day, -shift))) : null,
    shape: metric.kind === "daily" ? "line" : "steps",
    running: metric.kind === "daily" && periods.compared.present.length < periods.present.length,
  };
}

export function drawTile(drawing: Drawing): Tile {
  const { sensor, metric, measured, periods, locale } = drawing;
  const [{ made, ...main }, ...others] = figuresOf(drawing);
  const { line } = made;
  return {
    key: metric.key,
    label: metric.label[locale],
    ...howOf(drawing),
    unit: metric.unit,
    comparedAs: metric.kind === "daily" ? ("weeks" as const) : metric.against ? ("own" as const) : ("state" as const),
    ...main,
    others: others.map(({ made: _, ...amount }) => amount),
    better: metric.better ?? null,
    tone: main.value === null ? null : toneOf(drawing, main.value),
    trend: thinned(valuesOn(line, periods.present)),
    running: metric.kind === "daily",
    measuredAt: line?.measuredAt ?? wholeOf(measured, sensor.id, metric.key)?.measuredAt ?? null,
  };
}

/** Charts of a daily metric: a line, or a line for each of its largest parts. Of money one chart for each currency. */
export function drawCharts(drawing: Drawing): Chart[] {
  const { sensor, metric, measured, periods, locale } = drawing;
  if (metric.kind !== "daily") return [];
  const parts = metric.dimension
    ? largestFirst(drawing).map(({ series, currency }) => ({ series, currency }))
    : metric.unit === "money"
      ? linesOf(measured, sensor.id, metric.key, inUseOf(drawing)).map((series) => ({ series, currency: series.currency }))
      : [wholeOf(measured, sensor.id, metric.key)].flatMap((series) => (series ? [{ series, currency: null }] : []));
  const currencies = [...new Set(parts.map(({ currency }) => currency))];
  return currencies.flatMap((currency) => {
    const series = parts
      .filter((part) => part.currency === currency)
      .slice(0, mostLines)
      .map(({ series: part }) => ({
        key: part.dimension || metric.key,
        label: metric.dimension ? partLabel(metric, part.dimension, locale) : metric.label[locale],
        values: valuesOn(part, periods.present),
      }));
    if (series.every(({ values }) => values.every((value) => value === null))) return [];
    return [{ ...named(drawing, currency, currencies), series }];
  });
}

/** The days of a state, as a chart that nobody draws: for its file. */
export function drawState(drawing: Drawing): Chart | undefined {
  const { metric, periods, locale } = drawing;
  const [{ made }] = figuresOf(drawing);
  if (metric.dimension || !made.line) return undefined;
  const label = metric.label[locale];
  return { key: metric.key, label, unit: metric.unit, series: [{ key: metric.key, label, values: valuesOn(made.line, periods.present) }] };
}

export function drawBreakdowns(drawing: Drawing): Breakdown[] {
  const { metric, locale } = drawing;
  const parts = largestFirst(drawing);
  const { dimension } = metric;
  if (!dimension || metric.table) return [];
  const currencies = [...new Set(parts.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const own = parts.filter((part) => part.currency === currency);
    // A part that gave back more than it sold has no share, and makes those of the others no larger than the whole.
    const total = own.reduce((sum, { value }) => sum + Math.max(0, value), 0);
    const rows = own.map(({ series, value }) => ({
      key: series.dimension,
      label: partLabel(metric, series.dimension, locale),
      value,
      share: total > 0 ? Math.max(0, value) / total : 0,
    }));
    return { ...named(drawing, currency, currencies), dimension: dimension[locale], rows };
  });
}

/** What a chart or a breakdown of one currency is called: where there are several, by its currency too. */
function named(drawing: Drawing, currency: string | null, all: readonly (string | null)[]) {
  const { metric, locale } = drawing;
  const first = all.length < 2 || currency === all[0];
  return {
    key: first ? metric.key : `${metric.key}:${currency}`,
    label: all.length < 2 ? metric.label[locale] : `${metric.label[locale]} (${currency})`,
    ...howOf(drawing),
    unit: metric.unit,
    ...(currency !== null && { currency }),
  };
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
  const running = day.slice(0, 7);
  const cohorts = [...byMonth]
    .filter(([month]) => month <= running)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, row]) => {
      const length = monthNumber(running) - monthNumber(month) + 1;
      // A month that has begun and in which nobody came has no part: that is 0.
      return { month, customers: Array.from({ length }, (_, offset) => row[offset] ?? 0) };
    });
  return {
    key: metric.key,
    label: metric.label[locale],
    ...howOf(drawing),
    dimension: metric.dimension[locale],
    running,
    cohorts,
  };
}

/**
 * The parts of a split metric with their figures: of the period, or of the newest state; without those that are 0 throughout.
 * Of money, a part is of one currency: those of the currency in use come first, as in the figure of the whole.
 */
export function largestFirst(drawing: Drawing): Part[] {
  const { sensor, metric, measured, periods, currency: own } = drawing;
  const parts = partsOf(measured, sensor.id, metric.key);
  const newest = newestDay(parts) ?? "";
  const currencies = metric.unit === "money" ? currenciesOf(parts, inUseOf(drawing)) : [];
  const rankOf = ({ currency }: Part): number => (currency === null ? 0 : currencies.indexOf(currency));
  return parts
    .map((series) => ({
      series,
      currency: metric.unit === "money" ? series.currency || own : null,
      value: (metric.kind === "daily" ? figureOf(series.values, periods.present, metric.aggregate) : series.values[newest]) ?? 0,
    }))
    .filter(({ value }) => value !== 0)
    .sort((a, b) => rankOf(a) - rankOf(b) || b.value - a.value || (a.series.dimension < b.series.dimension ? -1 : 1));
}

interface Part {
  series: Series;
  currency: string | null;
  value: number;
}

function toneOf({ sensor, metric: { unit, thresholds }, measured, periods }: Drawing, value: number): Tile["tone"] {
  if (unit === "status") return tones[value] ?? null;
  if (!thresholds) return null;
  if (thresholds.of === undefined) return tones[levelOf(value, thresholds)];
  const whole = wholeOf(measured, sensor.id, thresholds.of)?.values ?? {};
  // How much there is was said with the state itself, or it cannot be judged.
  const all = whole[newestStateDay({ sensor, measured, periods })];
  return all ? tones[levelOf(value / all, thresholds)] : null;
}

export const howOf = ({ metric: { how }, locale }: Drawing): { how?: string } => (how ? { how: how[locale] } : {});

/** A tile's small line has room for so many points: of more days, each is the mean of several. */
const mostPoints = 45;

function thinned(values: readonly (number | null)[]): (number | null)[] {
  const size = Math.ceil(values.length / mostPoints);
  if (size === 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const known = values.slice(at * size, (at + 1) * size).filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  });
}

const valuesOn = (series: Series | undefined, days: readonly string[]) => days.map((day) => series?.values[day] ?? null);

const partLabel = (metric: Metric, dimension: string, locale: Locale): string => {
  const label: Text | undefined = metric.dimensionLabels?.[dimension];
  return label?.[locale] ?? dimension;
};

const monthNumber = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
