import { currencies } from "#server/catalog/currencies.ts";
import { addDays, daysBetween } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/metric.ts";

/** Ranges that end today, by their number of days. */
export const rangeLengths = [7, 30, 90, 365] as const;
/** Days that a person looks at: the last so many, with today so far, or some of their own (YYYY-MM-DD, both included). */
export type Range = (typeof rangeLengths)[number] | { from: string; to: string };
/** `previous`: the same weekdays right before; `year`: the same weekdays a year before. */
export const comparisons = ["previous", "year", "none"] as const;
export type Comparison = (typeof comparisons)[number];

/** What is shown where nobody asks for anything else. */
export const usualView = { range: 30, compare: "previous" } as const satisfies View;
export interface View {
  range: Range;
  compare: Comparison;
}

/** Today is not over, and of yesterday figures still come in (Google Analytics takes up to two days). */
const unfinishedDays = 2;
const weekDays = 7;
const yearDays = 52 * weekDays;

/** Values of one metric, dimension value and currency, by day. */
export interface Series {
  sensor: string;
  metric: string;
  dimension: string;
  /** ISO 4217; "" or left out where the metric is no money, and for amounts that were written before they knew theirs. */
  currency?: string;
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

/** The parts of a metric, or its one whole; of each a line for each of its currencies. */
export const partsOf = (measured: Measured, sensor: string, metric: string): readonly Series[] => measured.get(keyOf(sensor, metric)) ?? [];

/** The whole of what is no money. What is counted by currency (orders) is one number here: its currencies are added, day by day. */
export function wholeOf(measured: Measured, sensor: string, metric: string): Series | undefined {
  const [first, ...others] = partsOf(measured, sensor, metric).filter(({ dimension }) => dimension === "");
  if (!first || others.length === 0) return first;
  const values: Record<string, number> = { ...first.values };
  for (const other of others) for (const [day, value] of Object.entries(other.values)) values[day] = (values[day] ?? 0) + value;
  return { ...first, currency: "", values, measuredAt: Math.max(first.measuredAt, ...others.map(({ measuredAt }) => measuredAt)) };
}

/** What lines of money are ordered by. */
export interface InUse {
  /** The days of the present period, the oldest first. */
  present: readonly string[];
  /** The client's currency: of amounts that do not say theirs. */
  own: string;
  /** The currency that the account says it has now, where it says one. */
  ofAccount?: string | null | undefined;
}

type Line = Series & { currency: string };

/** A whole that is money, one line a currency, the one in use first. */
export function linesOf(measured: Measured, sensor: string, metric: string, inUse: InUse): Line[] {
  const lines = new Map<string, Line>();
  // An amount that does not say its currency is the client's own; one that does is the newer word on its day.
  const wholes = partsOf(measured, sensor, metric).filter(({ dimension }) => dimension === "");
  for (const line of [...wholes].sort((a, b) => Number(Boolean(a.currency)) - Number(Boolean(b.currency)))) {
    const currency = line.currency || inUse.own;
    lines.set(currency, { ...line, currency, values: { ...lines.get(currency)?.values, ...line.values } });
  }
  return inUseFirst([...lines.values()], inUse);
}

/** The currencies of a metric's parts, the one in use first, as the lines of its whole would be. */
export function currenciesOf(parts: readonly Series[], inUse: InUse): string[] {
  const sums = new Map<string, Pick<Line, "currency" | "values">>();
  for (const part of parts) {
    const currency = part.currency || inUse.own;
    const values: Record<string, number> = { ...sums.get(currency)?.values };
    for (const [day, value] of Object.entries(part.values)) values[day] = (values[day] ?? 0) + value;
    sums.set(currency, { currency, values });
  }
  return inUseFirst([...sums.values()], inUse).map(({ currency }) => currency);
}

/**
 * The currency with the newest amount of the present period is in use; where all of it is 0, the one that was measured last. Of two
 * on one day it is the account's own, else the larger.
 */
function inUseFirst<Each extends Pick<Line, "currency" | "values">>(lines: readonly Each[], { present, ofAccount }: InUse): Each[] {
  const ranked = lines.map((line) => {
    const { amount, last } = newestDays(line.values, present[0] ?? "");
    const ofLast = (line.values[amount || last] ?? 0) / 10 ** (currencies.get(line.currency) ?? 0);
    return { line, day: `${amount} ${last}`, isAccounts: Number(line.currency === ofAccount), ofLast };
  });
  ranked.sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : b.isAccounts - a.isAccounts || b.ofLast - a.ofLast));
  return ranked.map(({ line }) => line);
}

/** The last day from `from` on with an amount that is not 0, "" without any, and the last day at all. */
function newestDays(values: Series["values"], from: string): { amount: string; last: string } {
  let amount = "";
  let last = "";
  for (const [day, value] of Object.entries(values)) {
    if (day > last) last = day;
    if (value !== 0 && day >= from && day > amount) amount = day;
  }
  return { amount, last };
}

/** The days that figures are made from. All are of one calendar, the account's. */
export interface Periods {
  /** The days that are looked at; where the last one is today, it still runs. */
  present: readonly string[];
  /** As many days that `present` is held against; empty where it is compared with nothing. */
  before: readonly string[];
  /**
   * What a change is told from: the days that are over, so that none is held against a whole one, and the same weekdays before: whole
   * weeks earlier, as near as they do not overlap, or 52 weeks.
   */
  compared: { present: readonly string[]; before: readonly string[] };
  /** How many days earlier a day is compared with, and a state; 0 where neither is. */
  shift: number;
  stateShift: number;
}

// Each sensor of each request asks for those of the same few days.
const knownPeriods = new Map<string, Periods>();
const mostKnown = 100;

export function periodsUntil(today: string, view: View = usualView): Periods {
  const key = JSON.stringify([today, view]);
  const known = knownPeriods.get(key);
  if (known) return known;
  if (knownPeriods.size >= mostKnown) knownPeriods.clear();
  const periods = periodsOf(today, view);
  knownPeriods.set(key, periods);
  return periods;
}

function periodsOf(today: string, { range, compare }: View): Periods {
  const { from, to } = typeof range === "number" ? { from: addDays(today, 1 - range), to: today } : range;
  const present = daysBetween(from, to);
  const over = present.filter((day) => day <= addDays(today, -unfinishedDays));
  if (compare === "none") return { present, before: [], compared: { present: over, before: [] }, shift: 0, stateShift: 0 };
  const shift = compare === "year" ? yearDays : Math.ceil(Math.max(1, over.length) / weekDays) * weekDays;
  const earlier = (days: readonly string[], by: number) => days.map((day) => addDays(day, -by));
  const stateShift = compare === "year" ? yearDays : present.length;
  return { present, before: earlier(present, stateShift), compared: { present: over, before: earlier(over, shift) }, shift, stateShift };
}

/** The first day that is needed for it. */
export const firstDayOf = ({ present, before, compared }: Periods): string =>
  [present[0], before[0], compared.before[0]].reduce<string>(
    (first, day) => (day !== undefined && day < first ? day : first),
    present[0] ?? "",
  );

/** One figure of a period of days: by the metric's own aggregate; null where nothing was measured in it. */
export function figureOf(values: Series["values"], days: readonly string[], aggregate: Metric["aggregate"] = "sum"): number | null {
  let [sum, count] = [0, 0];
  let last: number | null = null;
  for (const day of days) {
    const value = values[day];
    if (value === undefined) continue;
    sum += value;
    count++;
    last = value;
  }
  if (last === null) return null;
  switch (aggregate) {
    case "sum":
      return sum;
    case "mean":
      return sum / count;
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

/** The day of the newest measurement of any of the parts, on or before `until` where that is given; null without any. */
export function newestDay(parts: readonly Series[], until = "9"): string | null {
  let newest = "";
  for (const { values } of parts) for (const day of Object.keys(values)) if (day > newest && day <= until) newest = day;
  return newest === "" ? null : newest;
}
