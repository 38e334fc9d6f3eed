import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import { type Currency, currencyCodes, digitsOf, exchange } from "#sandbox/currencies.ts";
import { clockOf } from "#sandbox/places.ts";
import { json } from "#sandbox/reply.ts";
import { hashOf, seededRandom } from "#sandbox/seed.ts";
import { wallClockAt } from "#sandbox/shop/clock.ts";
import { amountText } from "#sandbox/shop/money.ts";
import { googleError } from "./error.ts";
import type { Property } from "./properties.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** How much of a day is there yet, by how many days ago it was: Google works on a day's figures for up to three days. */
const settled = [0.93, 0.95, 0.98, 1];
const channels = ["Direct", "Organic Search", "Email", "Organic Social", "Paid Search", "Referral"];

/** Types of the metrics that the sandbox has figures for. */
const metricTypes = {
  sessions: "TYPE_INTEGER",
  totalUsers: "TYPE_INTEGER",
  activeUsers: "TYPE_INTEGER",
  newUsers: "TYPE_INTEGER",
  screenPageViews: "TYPE_INTEGER",
  keyEvents: "TYPE_FLOAT",
  ecommercePurchases: "TYPE_INTEGER",
  totalRevenue: "TYPE_CURRENCY",
  purchaseRevenue: "TYPE_CURRENCY",
} as const;
type Metric = keyof typeof metricTypes;
type Dimension = "date" | "sessionDefaultChannelGroup";

const int64 = z.string().regex(/^\d+$/);
const Name = z.object({ name: z.string() });
const Request = z.strictObject({
  dateRanges: z
    .array(z.object({ startDate: z.string(), endDate: z.string(), name: z.string().optional() }))
    .min(1)
    .max(4),
  dimensions: z.array(Name).max(9).default([]),
  metrics: z.array(Name).min(1).max(10),
  orderBys: z
    .array(
      z.object({
        dimension: z.object({ dimensionName: z.string() }).optional(),
        metric: z.object({ metricName: z.string() }).optional(),
        desc: z.boolean().optional(),
      }),
    )
    .default([]),
  limit: int64.default("10000"),
  offset: int64.default("0"),
  keepEmptyRows: z.boolean().optional(),
  returnPropertyQuota: z.boolean().optional(),
  currencyCode: z.enum(currencyCodes).optional(),
});

const invalid = (message: string) => googleError(400, "INVALID_ARGUMENT", message);

/** One GA4 report. Every value is a string; without rows the key is absent. */
export function runReport(property: Property, body: string, now: number): Response {
  const parsed = Request.safeParse(readJson(body));
  if (!parsed.success) return invalid(`Invalid JSON payload received. ${z.prettifyError(parsed.error)}`);
  const { dimensions, metrics, dateRanges, orderBys, limit, offset, returnPropertyQuota } = parsed.data;
  const currency = parsed.data.currencyCode ?? property.currencyCode;
  const timeZone = clockOf(property.timeZone);
  for (const { name } of dimensions) {
    if (!isDimension(name))
      return invalid(
        `Field ${name} is not a valid dimension. For a list of valid dimensions and metrics, see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema`,
      );
  }
  for (const { name } of metrics) if (!(name in metricTypes)) return invalid(`Field ${name} is not a valid metric.`);
  if (Number(limit) > 250_000) return invalid("Limit must be at most 250000.");
  const range = dateRanges[0];
  if (!range || dateRanges.length > 1) return invalid("The sandbox answers one date range.");
  const [first, last] = [dayOf(range.startDate, timeZone, now), dayOf(range.endDate, timeZone, now)];
  if (first === null || last === null || first > last)
    return invalid("Invalid date range: dates are YYYY-MM-DD, NdaysAgo, yesterday or today, the start not after the end.");

  const names = dimensions.map(({ name }) => name as Dimension);
  const wanted = metrics.map(({ name }) => name as Metric);
  const rows = sumRows(property, { first, last, names, wanted, now });
  sortRows(rows, orderBys, names, wanted);
  const page = rows.slice(Number(offset), Number(offset) + Number(limit));
  return json({
    ...(names.length > 0 && { dimensionHeaders: names.map((name) => ({ name })) }),
    metricHeaders: wanted.map((name) => ({ name, type: metricTypes[name] })),
    ...(page.length > 0 && {
      rows: page.map(({ keys, values }) => ({
        ...(names.length > 0 && { dimensionValues: keys.map((value) => ({ value })) }),
        metricValues: values.map((value, index) => ({ value: metricText(value, wanted[index], property.currencyCode, currency) })),
      })),
    }),
    ...(rows.length > 0 && { rowCount: rows.length }),
    metadata: {
      // What was asked for, else the property's own (developers.google.com, ResponseMetaData).
      currencyCode: currency,
      timeZone: property.timeZone,
      subjectToThresholding: false,
      dataLossFromOtherRow: false,
    },
    ...(returnPropertyQuota && { propertyQuota: quota }),
    kind: "analyticsData#runReport",
  });
}

const quota = {
  tokensPerDay: { consumed: 1, remaining: 199_999 },
  tokensPerHour: { consumed: 1, remaining: 39_999 },
  tokensPerProjectPerHour: { consumed: 1, remaining: 13_999 },
  concurrentRequests: { consumed: 0, remaining: 10 },
  serverErrorsPerProjectPerHour: { consumed: 0, remaining: 10 },
  potentiallyThresholdedRequestsPerHour: { consumed: 0, remaining: 120 },
};

interface Row {
  keys: string[];
  values: number[];
}

/** The figures of one day and channel, in which people are counted within that day and channel alone. */
interface Cell {
  day: number;
  channel: string;
  figures: Record<Metric, number>;
}

/** Each row out of its cells: what can be added up is, and people are counted once in a row. */
function sumRows(property: Property, input: { first: number; last: number; names: Dimension[]; wanted: Metric[]; now: number }): Row[] {
  const { names, wanted, now } = input;
  const zone = clockOf(property.timeZone);
  const latest = today(zone, now);
  const rows = new Map<string, { keys: string[]; cells: Cell[] }>();
  for (let day = Math.max(input.first, openedOn(property, latest)); day <= Math.min(input.last, latest); day++) {
    const share = day === latest ? passed(zone, now) * (settled[0] ?? 1) : (settled[latest - day] ?? 1);
    for (const channel of channels) {
      const keys = names.map((name) => (name === "date" ? compactDate(day) : channel));
      const key = keys.join(" ");
      const row = rows.get(key) ?? { keys, cells: [] };
      row.cells.push({ day, channel, figures: figuresOf(property, { day, channel, share }) });
      rows.set(key, row);
    }
  }
  const figureOf = (cells: Cell[], metric: Metric) =>
    metric === "activeUsers" || metric === "totalUsers"
      ? peopleIn(cells, metric)
      : cells.reduce((sum, { figures }) => sum + figures[metric], 0);
  return [...rows.values()].map(({ keys, cells }) => ({ keys, values: wanted.map((metric) => figureOf(cells, metric)) }));
}

/**
 * Distinct people: whoever comes through a second channel on a day is the same person, and on a later day only those are new who
 * were never there. Never fewer than on the best day, never more than all days together.
 */
function peopleIn(cells: Cell[], metric: "activeUsers" | "totalUsers"): number {
  const byDay = new Map<number, { people: number; fresh: number; channels: number }>();
  for (const { day, figures } of cells) {
    const known = byDay.get(day) ?? { people: 0, fresh: 0, channels: 0 };
    byDay.set(day, { people: known.people + figures[metric], fresh: known.fresh + figures.newUsers, channels: known.channels + 1 });
  }
  const days = [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([, { people, fresh, channels: count }]) => ({ people: Math.floor(people * (count > 1 ? 0.9 : 1)), fresh }));
  const [first] = days;
  if (!first) return 0;
  const met = days.slice(1).reduce((sum, { people, fresh }) => sum + Math.min(people, Math.floor(fresh * 0.8)), first.people);
  return Math.max(met, ...days.map(({ people }) => people));
}

/** The first day of a young property; it is one to two weeks and a half old, and grows older for a week before it begins anew. */
function openedOn({ young }: Property, latest: number): number {
  return young ? latest - (latest % 7) - 11 : Number.NEGATIVE_INFINITY;
}

/** How much of the property's day has passed, by whole hours; its first hour counts. */
function passed(zone: string, now: number): number {
  const hour = Math.floor((wallClockAt(now, zone) % dayMs) / hourMs);
  return Math.max(1, hour) / 24;
}

/** One day of one channel, the same whenever it is asked for, but for how much of it there is yet. Revenue is in minor units. */
function figuresOf(property: Property, { day, channel, share }: { day: number; channel: string; share: number }): Record<Metric, number> {
  const random = seededRandom(`${property.id} ${day} ${channel}`);
  const size = 20 + (hashOf(`${property.id} ${channel}`) % 180);
  const sessions = Math.floor(size * (0.6 + random() * 0.8) * share);
  const totalUsers = Math.floor(sessions * (0.7 + random() * 0.25));
  const ecommercePurchases = Math.floor(sessions * random() * 0.05);
  const revenue = ecommercePurchases * Math.round(exchange(1500 + Math.floor(random() * 5000), "GBP", property.currencyCode));
  return {
    sessions,
    totalUsers,
    activeUsers: Math.floor(totalUsers * 0.95),
    newUsers: Math.floor(totalUsers * 0.6),
    screenPageViews: sessions * 3,
    keyEvents: ecommercePurchases + Math.floor(sessions * random() * 0.03),
    ecommercePurchases,
    totalRevenue: revenue,
    purchaseRevenue: revenue,
  };
}

function sortRows(rows: Row[], orderBys: z.infer<typeof Request>["orderBys"], names: Dimension[], wanted: Metric[]): void {
  for (const { dimension, metric, desc } of orderBys.toReversed()) {
    const byName = dimension ? names.indexOf(dimension.dimensionName as Dimension) : -1;
    const byMetric = metric ? wanted.indexOf(metric.metricName as Metric) : -1;
    const sign = desc ? -1 : 1;
    if (byName >= 0) rows.sort((a, b) => sign * (a.keys[byName] ?? "").localeCompare(b.keys[byName] ?? ""));
    else if (byMetric >= 0) rows.sort((a, b) => sign * ((a.values[byMetric] ?? 0) - (b.values[byMetric] ?? 0)));
  }
}

/** Revenue is a sum that was converted, so it may have more decimals than the currency. */
function metricText(value: number, metric: Metric | undefined, own: Currency, asked: Currency): string {
  if (metric === undefined || metricTypes[metric] !== "TYPE_CURRENCY") return String(value);
  if (own === asked) return amountText(value, own).replace(/\.0$/, "");
  const digits = digitsOf(asked);
  return (exchange(value, own, asked) / 10 ** digits).toFixed(digits + 2);
}

function isDimension(name: string): name is Dimension {
  return name === "date" || name === "sessionDefaultChannelGroup";
}

/** Days since the epoch of a date in the property's timezone; null when it is none. */
function dayOf(text: string, timeZone: string, now: number): number | null {
  if (text === "today") return today(timeZone, now);
  if (text === "yesterday") return today(timeZone, now) - 1;
  const ago = /^(\d+)daysAgo$/.exec(text)?.[1];
  if (ago !== undefined) return today(timeZone, now) - Number(ago);
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(instant) ? null : instant / dayMs;
}

function today(timeZone: string, now: number): number {
  return Date.parse(`${new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(now)}T00:00:00Z`) / dayMs;
}

function compactDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10).replaceAll("-", "");
}
