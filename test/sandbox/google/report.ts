import { z } from "zod";
import { readJson } from "#test/sandbox/body.ts";
import { json } from "#test/sandbox/reply.ts";
import { hashOf, seededRandom } from "#test/sandbox/seed.ts";
import { googleError } from "./error.ts";
import type { Property } from "./properties.ts";

const dayMs = 86_400_000;
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
  currencyCode: z.string().optional(),
});

const invalid = (message: string) => googleError(400, "INVALID_ARGUMENT", message);

/** One GA4 report. Every value is a string; without rows the key is absent. */
export function runReport(property: Property, body: string, now: number): Response {
  const parsed = Request.safeParse(readJson(body));
  if (!parsed.success) return invalid(`Invalid JSON payload received. ${z.prettifyError(parsed.error)}`);
  const { dimensions, metrics, dateRanges, orderBys, limit, offset, returnPropertyQuota } = parsed.data;
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
  const [first, last] = [dayOf(range.startDate, property.timeZone, now), dayOf(range.endDate, property.timeZone, now)];
  if (first === null || last === null || first > last)
    return invalid("Invalid date range: dates are YYYY-MM-DD, NdaysAgo, yesterday or today, the start not after the end.");

  const names = dimensions.map(({ name }) => name as Dimension);
  const wanted = metrics.map(({ name }) => name as Metric);
  const rows = sumRows(property, { first, last: Math.min(last, today(property.timeZone, now)), names, wanted });
  sortRows(rows, orderBys, names, wanted);
  const page = rows.slice(Number(offset), Number(offset) + Number(limit));
  return json({
    ...(names.length > 0 && { dimensionHeaders: names.map((name) => ({ name })) }),
    metricHeaders: wanted.map((name) => ({ name, type: metricTypes[name] })),
    ...(page.length > 0 && {
      rows: page.map(({ keys, values }) => ({
        ...(names.length > 0 && { dimensionValues: keys.map((value) => ({ value })) }),
        metricValues: values.map((value, index) => ({ value: metricText(value, wanted[index]) })),
      })),
    }),
    ...(rows.length > 0 && { rowCount: rows.length }),
    metadata: {
      currencyCode: property.currencyCode,
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

function sumRows(property: Property, input: { first: number; last: number; names: Dimension[]; wanted: Metric[] }): Row[] {
  const rows = new Map<string, Row>();
  for (let day = input.first; day <= input.last; day++) {
    for (const channel of channels) {
      const figures = figuresOf(property, day, channel);
      const keys = input.names.map((name) => (name === "date" ? compactDate(day) : channel));
      const key = keys.join(" ");
      const row = rows.get(key) ?? { keys, values: input.wanted.map(() => 0) };
      row.values = row.values.map((value, index) => value + figures[input.wanted[index] as Metric]);
      rows.set(key, row);
    }
  }
  return [...rows.values()];
}

/** One day of one channel, the same whenever it is asked for. Revenue is in minor units here. */
function figuresOf(property: Property, day: number, channel: string): Record<Metric, number> {
  const random = seededRandom(`${property.id} ${day} ${channel}`);
  const size = 20 + (hashOf(`${property.id} ${channel}`) % 180);
  const sessions = Math.floor(size * (0.6 + random() * 0.8));
  const totalUsers = Math.floor(sessions * (0.7 + random() * 0.25));
  const ecommercePurchases = Math.floor(sessions * random() * 0.05);
  const revenue = ecommercePurchases * (1500 + Math.floor(random() * 5000));
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

function metricText(value: number, metric: Metric | undefined): string {
  if (metric === undefined || metricTypes[metric] !== "TYPE_CURRENCY") return String(value);
  return String(value / 100);
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
