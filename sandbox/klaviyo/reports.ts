import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import { clockOf, type Place } from "#sandbox/places.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { seededInteger } from "#sandbox/seed.ts";
import { instantOf, utcOf, wallClockAt } from "#sandbox/shop/clock.ts";
import { klaviyoError } from "./error.ts";
import { campaignCounts, campaignsOf, metricsOf, shortId } from "./figures.ts";

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;

const rates = {
  open_rate: ["opens_unique", "delivered"],
  click_rate: ["clicks_unique", "delivered"],
  click_to_open_rate: ["clicks_unique", "opens_unique"],
  bounce_rate: ["bounced", "recipients"],
  failed_rate: ["failed", "recipients"],
  bounced_or_failed_rate: ["bounced_or_failed", "recipients"],
  delivery_rate: ["delivered", "recipients"],
  conversion_rate: ["conversion_uniques", "delivered"],
  spam_complaint_rate: ["spam_complaints", "delivered"],
  unsubscribe_rate: ["unsubscribe_uniques", "delivered"],
  average_order_value: ["conversion_value", "conversions"],
  revenue_per_recipient: ["conversion_value", "delivered"],
} as const;

const days: Record<string, number> = {
  today: 1,
  yesterday: 1,
  last_7_days: 7,
  last_30_days: 30,
  last_90_days: 90,
  last_3_months: 91,
  last_365_days: 365,
  last_12_months: 365,
  this_year: 365,
};

const Report = z.object({
  data: z.object({
    type: z.literal("campaign-values-report"),
    attributes: z.object({
      statistics: z.array(z.string()).min(1),
      timeframe: z.union([z.object({ key: z.string() }), z.object({ start: z.string(), end: z.string() })]),
      conversion_metric_id: z.string(),
      filter: z.string().optional(),
    }),
  }),
});

/** Statistics of each campaign sent in the timeframe; rates are fractions. */
export function campaignReport({ account, place, call }: { account: string; place: Place; call: Call }): Response {
  const body = Report.safeParse(readJson(call.body));
  if (!body.success) return invalid(z.prettifyError(body.error));
  const { statistics, timeframe, conversion_metric_id, filter } = body.data.data.attributes;
  if (!metricsOf(account).some(({ id }) => id === conversion_metric_id))
    return invalid(`${conversion_metric_id} is not a metric of this account.`);
  const range = rangeOf(timeframe, { now: call.now, timezone: clockOf(place.timezone) });
  if (!range) return invalid("The timeframe is not valid: a known key, or start before end within one year.");
  const wanted = filter === undefined ? null : /campaign_id,\[?([^\])]*)/.exec(filter)?.[1];
  const results = [];
  for (const campaign of campaignsOf(account, call.now)) {
    if (campaign.sentAt === null || campaign.sentAt < range.start || campaign.sentAt >= range.end) continue;
    if (wanted && !wanted.includes(campaign.id)) continue;
    const counts: Record<string, number> = campaignCounts(account, campaign);
    const chosen: Record<string, number> = {};
    for (const name of statistics) {
      const value = counts[name] ?? rateOf(name, counts);
      if (value === undefined) return invalid(`'${name}' is not a valid statistic.`);
      chosen[name] = value;
    }
    results.push({
      groupings: { campaign_id: campaign.id, send_channel: "email", campaign_message_id: campaign.messageId },
      statistics: chosen,
    });
  }
  return json({
    data: { type: "campaign-values-report", id: crypto.randomUUID(), attributes: { results }, links: { self: call.url.href } },
    links: { self: call.url.href, next: null, prev: null },
  });
}

function rateOf(name: string, counts: Record<string, number>): number | undefined {
  const parts = Object.entries(rates).find(([rate]) => rate === name)?.[1];
  if (!parts) return undefined;
  const below = counts[parts[1]] ?? 0;
  return below === 0 ? 0 : (counts[parts[0]] ?? 0) / below;
}

/** Days are the account's; those of a key begin at its midnight and end now, or yesterday at midnight. */
function rangeOf(
  timeframe: z.infer<typeof Report>["data"]["attributes"]["timeframe"],
  { now, timezone }: { now: number; timezone: string },
): { start: number; end: number } | null {
  if ("key" in timeframe) {
    const length = days[timeframe.key];
    if (length === undefined) return null;
    const midnight = Math.floor(wallClockAt(now, timezone) / dayMs) * dayMs;
    const last = timeframe.key === "yesterday" ? midnight : midnight + dayMs;
    return { start: instantOf(last - length * dayMs, timezone), end: timeframe.key === "yesterday" ? instantOf(last, timezone) : now };
  }
  // Without an offset it is the account's clock.
  const [start, end] = [timeframe.start, timeframe.end].map((text) =>
    /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : utcOf(text, timezone),
  ) as [number, number];
  return start < end && end - start <= yearMs ? { start, end } : null;
}

const Aggregate = z.object({
  data: z.object({
    type: z.literal("metric-aggregate"),
    attributes: z.object({
      metric_id: z.string(),
      measurements: z.array(z.enum(["count", "sum_value", "unique"])).min(1),
      interval: z.enum(["hour", "day", "week", "month"]).default("day"),
      page_size: z.number().int().min(1).max(500).default(500),
      by: z.array(z.string()).default([]),
      filter: z.array(z.string()).min(2),
      timezone: z.string().default("UTC"),
    }),
  }),
});

/** Counts of one metric by day or week, by channel where asked for. */
export function metricAggregate(account: string, call: Call): Response {
  const body = Aggregate.safeParse(readJson(call.body));
  if (!body.success) return invalid(z.prettifyError(body.error));
  const { metric_id, measurements, interval, by, filter, timezone } = body.data.data.attributes;
  const metric = metricsOf(account).find(({ id }) => id === metric_id);
  if (!metric) return klaviyoError(404, "not_found", "Not found.", `A metric with id ${metric_id} does not exist.`);
  if (interval !== "day" && interval !== "week") return invalid("The sandbox aggregates by day or week.");
  const bound = (name: string) => new RegExp(`^${name}\\(datetime,([^)]+)\\)$`);
  const read = (name: string) => filter.map((each) => bound(name).exec(each)?.[1]).find((text) => text !== undefined);
  const [from, to] = [read("greater-or-equal"), read("less-than")];
  if (from === undefined || to === undefined) return invalid("A datetime range (greater-or-equal and less-than) is required.");
  const [start, end] = [from, to].map((text) => (/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : utcOf(text, timezone))) as [
    number,
    number,
  ];
  if (!(start < end) || end - start > yearMs) return invalid("The range must be positive and at most one year.");
  const step = interval === "day" ? dayMs : 7 * dayMs;
  const dates: number[] = [];
  for (let at = start; at < end; at += step) dates.push(at);
  const dimensions = by.length === 0 ? [""] : ["email", "sms", ""];
  const data = dimensions.map((dimension) => {
    const counts = dates.map((at) =>
      seededInteger(`${account} ${metric.attributes.name} ${dimension} ${Math.floor(at / step)}`, 0, dimension === "sms" ? 6 : 60),
    );
    const series = {
      count: counts,
      unique: counts.map((count) => Math.ceil(count * 0.8)),
      sum_value: counts.map((count) => Math.round(count * 2750) / 100),
    };
    return {
      dimensions: by.length === 0 ? [] : [dimension],
      measurements: Object.fromEntries(measurements.map((name) => [name, series[name]])),
    };
  });
  const stamps = dates.map((at) => `${new Date(at).toISOString().slice(0, 19)}+00:00`);
  return json({
    data: {
      type: "metric-aggregate",
      id: shortId(`${metric_id} ${from} ${to}`),
      attributes: { dates: stamps, data },
      links: { self: call.url.href },
    },
  });
}

function invalid(detail: string): Response {
  return klaviyoError(400, "invalid", "Invalid input.", detail, undefined, { pointer: "/data/attributes" });
}
