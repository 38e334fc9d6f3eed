import { asc, desc, sql } from "drizzle-orm";
import { askAllKept, keep } from "#db/kept.ts";
import { connections, runs, schedules } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { addDays, dayOf, isTimezone } from "#server/catalog/days.ts";
import { everyOf } from "#server/catalog/job.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { type Drawing, figuresOf, howOf, largestFirst } from "./draw-metric.ts";
import { drawSensor, type SensorFacts, sensorStateOf } from "./draw-overview.ts";
import { type SeriesRow, seriesUntil, toSeries } from "./read-series.ts";
import type { Metrics, Overview } from "./schemas.ts";
import { bySensorAndMetric, newestDay, periodsUntil } from "./series.ts";

const latestRuns = 8;

/** The words of an overview: the reader's language, else the one that is asked for. */
const localeOf = (ctx: TenantCtx, asked?: Locale): Locale => asked ?? (ctx.actor.type === "user" ? ctx.actor.locale : ctx.tenant.locale);

const scheduleFacts = {
  job: schedules.job,
  enabled: schedules.enabled,
  blocked: schedules.blocked,
  nextAt: schedules.nextAt,
  lastSuccessAt: schedules.lastSuccessAt,
  lastStatus: schedules.lastStatus,
  lastErrorKind: schedules.lastErrorKind,
  timezone: schedules.timezone,
};
const readSchedules = keep((db) =>
  db
    .select({
      ...scheduleFacts,
      /** What the account that the job reads says of its currency. */
      currency: sql<string | null>`(select ${connections.details} ->> '$.currency' from ${connections}
        where ${inTenant(anyTenant, connections)} and ${schedules.source} = ${connections.provider} || ' ' || ${connections.externalId}
        order by ${connections.status} = 'active' desc limit 1)`,
    })
    .from(schedules)
    .where(inTenant(anyTenant, schedules)),
);
type ScheduleRows = ReturnType<ReturnType<typeof readSchedules>["rowsOf"]>;

/** A sensor's schedule, and what its latest run came to as the schedule keeps it: among a page of runs there may be none of its own. */
function factsOf(rows: ScheduleRows, sensorId: string): SensorFacts {
  const schedule = rows.find(({ job }) => job === sensorId);
  const latestRun = schedule?.lastStatus ? { status: schedule.lastStatus, errorKind: schedule.lastErrorKind } : undefined;
  return { schedule, latestRun };
}

const readRuns = keep((db) =>
  db
    .select({
      id: runs.id,
      job: runs.job,
      trigger: runs.trigger,
      status: runs.status,
      errorKind: runs.errorKind,
      createdAt: runs.createdAt,
      startedAt: runs.startedAt,
      finishedAt: runs.finishedAt,
    })
    .from(runs)
    .where(inTenant(anyTenant, runs))
    .orderBy(desc(runs.id))
    .limit(latestRuns),
);

const readConnections = keep((db) =>
  db
    .select({
      id: connections.id,
      provider: connections.provider,
      name: connections.name,
      status: connections.status,
      statusReason: connections.statusReason,
      lastSuccessAt: connections.lastSuccessAt,
      timezone: sql<string | null>`${connections.details} ->> '$.timezone'`,
    })
    .from(connections)
    .where(inTenant(anyTenant, connections))
    .orderBy(asc(connections.id)),
);

/** All that a client's first page shows, in one D1 batch of four indexed statements. */
export async function readOverview(ctx: TenantCtx, { locale: asked }: { locale?: Locale | undefined } = {}): Promise<Overview> {
  const { tenant, db } = ctx;
  const now = ctx.now();
  const today = dayOf(now, tenant.timezone);
  const own = { tenant: tenant.id };
  const [seriesRows, scheduleRows, connectionRows, runRows] = await askAllKept(db, [
    seriesUntil(ctx, today),
    readSchedules(own),
    readConnections(own),
    readRuns(own),
  ]);
  const locale = localeOf(ctx, asked);
  const views = drawingsOf(ctx, { seriesRows, scheduleRows }).map(({ sensor, facts, ...input }) =>
    drawSensor(sensor, {
      facts,
      ...input,
      unknownTimezone: unknownTimezoneOf(sensor, connectionRows),
      currency: tenant.currency,
      locale,
      now,
    }),
  );
  return {
    currency: firstCurrency(views.flatMap(({ tiles }) => tiles)) ?? tenant.currency,
    timezone: tenant.timezone,
    days: [...periodsUntil(today).present],
    sensors: views,
    connections: connectionRows.map(({ timezone: _, ...connection }) => connection),
    runs: runRows.map(({ job, ...run }) => ({ ...run, sensor: job, title: sensors.find(({ id }) => id === job)?.title[locale] ?? job })),
  };
}

/** What was measured, for programs: every metric with its figure and its days, or its parts. */
export async function readMetrics(ctx: TenantCtx): Promise<Metrics> {
  const now = ctx.now();
  const today = dayOf(now, ctx.tenant.timezone);
  const [seriesRows, scheduleRows] = await askAllKept(ctx.db, [seriesUntil(ctx, today), readSchedules({ tenant: ctx.tenant.id })]);
  const locale = localeOf(ctx);
  const { currency, timezone } = ctx.tenant;
  const measured = drawingsOf(ctx, { seriesRows, scheduleRows }).map((drawing) => ({
    id: drawing.sensor.id,
    state: sensorStateOf(drawing.facts, everyOf(drawing.sensor), now),
    lastSuccessAt: drawing.facts.schedule?.lastSuccessAt ?? null,
    timezone: drawing.timezone,
    metrics: drawing.sensor.metrics.map((metric) => metricOf({ ...drawing, metric, locale, currency })),
  }));
  const periods = periodsUntil(today);
  return {
    currency: firstCurrency(measured.flatMap(({ metrics }) => metrics)) ?? currency,
    timezone,
    from: periods.before[0] ?? today,
    to: today,
    sensors: measured,
  };
}

/** A metric with its days or parts, each currency by itself. */
function metricOf(drawing: Drawing): Metrics["sensors"][number]["metrics"][number] {
  const { metric, periods, locale } = drawing;
  const parts = metric.dimension ? largestFirst(drawing) : [];
  const shown = [...periods.before, ...periods.present];
  const valuesOf = (currency: string | null, values: Readonly<Record<string, number>> = {}) => ({
    days: metric.dimension ? {} : Object.fromEntries(shown.flatMap((day) => (values[day] === undefined ? [] : [[day, values[day]]]))),
    parts: Object.fromEntries(parts.filter((part) => part.currency === currency).map(({ series, value }) => [series.dimension, value])),
  });
  const [{ line, ...main }, ...others] = figuresOf(drawing);
  const [largest] = parts;
  const inCurrency = largest ? largest.currency : main.currency;
  const split = [...new Set(parts.map(({ currency }) => currency))].filter((currency) => currency !== inCurrency);
  return {
    key: metric.key,
    label: metric.label[locale],
    ...howOf(drawing),
    unit: metric.unit,
    ...main,
    currency: inCurrency,
    ...valuesOf(inCurrency, line?.values),
    others: [
      ...others.map(({ line: other, ...amount }) => ({ ...amount, ...valuesOf(amount.currency, other?.values) })),
      ...split.map((currency) => ({ value: null, previous: null, compared: null, delta: null, currency, ...valuesOf(currency) })),
    ],
  };
}

interface Rows {
  seriesRows: SeriesRow[];
  scheduleRows: ScheduleRows;
}

/** What each sensor is drawn from. Its periods end on its account's day: all of its days are of that calendar. */
function drawingsOf(ctx: TenantCtx, { seriesRows, scheduleRows }: Rows) {
  const series = toSeries(seriesRows);
  const measured = bySensorAndMetric(series);
  const now = ctx.now();
  // Nearly always one: a calendar is slow to ask.
  const todays = new Map<string, string>();
  const todayIn = (timezone: string): string => {
    const today = todays.get(timezone) ?? dayOf(now, timezone);
    todays.set(timezone, today);
    return today;
  };
  return sensors.map((sensor) => {
    const facts = factsOf(scheduleRows, sensor.id);
    const schedule = scheduleRows.find(({ job }) => job === sensor.id);
    const timezone = schedule?.timezone ?? ctx.tenant.timezone;
    const today = todayIn(timezone);
    // What is measured on a day has begun, whatever the clock of a calendar that we do not know yet says.
    const newest = newestDay(series.filter((each) => each.sensor === sensor.id)) ?? today;
    const periods = periodsUntil(newest > today && newest <= addDays(today, 2) ? newest : today);
    return { sensor, facts, measured, accountCurrency: schedule?.currency ?? null, periods, timezone };
  });
}

/** What an account that the sensor reads says of its time zone, where that is none. */
const unknownTimezoneOf = (
  { needs }: Sensor,
  accounts: readonly { provider: string; status: string; timezone: string | null }[],
): string | null =>
  accounts.find(
    ({ provider, status, timezone }) =>
      status === "active" && timezone !== null && !isTimezone(timezone) && needs.some((need) => need.provider === provider),
  )?.timezone ?? null;

const firstCurrency = (figures: readonly { value: number | null; currency: string | null }[]): string | undefined =>
  figures.find(({ value, currency }) => value !== null && currency !== null)?.currency ?? undefined;
