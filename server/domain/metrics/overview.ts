import { asc, desc } from "drizzle-orm";
import { connections, runs, schedules } from "#db/schema/index.ts";
import { dayOf } from "#server/catalog/days.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import type { Locale } from "#server/domain/tenants/schemas.ts";
import { figuresOf, largestFirst } from "./draw-metric.ts";
import { drawSensor, type SensorFacts, stateOf } from "./draw-overview.ts";
import { seriesStatement, toSeries } from "./read-series.ts";
import type { Metrics, Overview } from "./schemas.ts";
import { bySensorAndMetric, periodsUntil, wholeOf } from "./series.ts";

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
};
const readSchedules = (ctx: TenantCtx) => ctx.db.select(scheduleFacts).from(schedules).where(inTenant(ctx, schedules));

/** A sensor's schedule, and what its latest run came to as the schedule keeps it: among a page of runs there may be none of its own. */
function factsOf(rows: Awaited<ReturnType<typeof readSchedules>>, sensorId: string): SensorFacts {
  const schedule = rows.find(({ job }) => job === sensorId);
  const latestRun = schedule?.lastStatus ? { status: schedule.lastStatus, errorKind: schedule.lastErrorKind } : undefined;
  return { schedule, latestRun };
}

const readRuns = (ctx: TenantCtx, count: number) =>
  ctx.db
    .select({
      id: runs.id,
      job: runs.job,
      trigger: runs.trigger,
      status: runs.status,
      errorKind: runs.errorKind,
      errorMessage: runs.errorMessage,
      createdAt: runs.createdAt,
      startedAt: runs.startedAt,
      finishedAt: runs.finishedAt,
    })
    .from(runs)
    .where(inTenant(ctx, runs))
    .orderBy(desc(runs.id))
    .limit(count);

/** All that a client's first page shows, in one D1 batch of four indexed statements. */
export async function readOverview(ctx: TenantCtx, { locale: asked }: { locale?: Locale | undefined } = {}): Promise<Overview> {
  const { tenant, db } = ctx;
  const now = ctx.now();
  const today = dayOf(now, tenant.timezone);
  const [seriesRows, scheduleRows, connectionRows, runRows] = await db.batch([
    seriesStatement(ctx, today),
    readSchedules(ctx),
    db
      .select({
        id: connections.id,
        provider: connections.provider,
        name: connections.name,
        status: connections.status,
        statusReason: connections.statusReason,
        lastSuccessAt: connections.lastSuccessAt,
      })
      .from(connections)
      .where(inTenant(ctx, connections))
      .orderBy(asc(connections.id)),
    readRuns(ctx, latestRuns),
  ]);
  const measured = bySensorAndMetric(toSeries(seriesRows));
  const periods = periodsUntil(today);
  const locale = localeOf(ctx, asked);
  return {
    currency: tenant.currency,
    timezone: tenant.timezone,
    days: [...periods.present],
    sensors: sensors.map((sensor) => drawSensor(sensor, { facts: factsOf(scheduleRows, sensor.id), measured, periods, locale, now })),
    connections: connectionRows,
    runs: runRows.map(({ job, ...run }) => ({ ...run, sensor: job, title: sensors.find(({ id }) => id === job)?.title[locale] ?? job })),
  };
}

/** What was measured, for programs: every metric with its figure and its days, or its parts. */
export async function readMetrics(ctx: TenantCtx): Promise<Metrics> {
  const now = ctx.now();
  const today = dayOf(now, ctx.tenant.timezone);
  const [seriesRows, scheduleRows] = await ctx.db.batch([seriesStatement(ctx, today), readSchedules(ctx)]);
  const measured = bySensorAndMetric(toSeries(seriesRows));
  const periods = periodsUntil(today);
  const locale = localeOf(ctx);
  return {
    currency: ctx.tenant.currency,
    timezone: ctx.tenant.timezone,
    from: periods.before[0] ?? today,
    to: today,
    sensors: sensors.map((sensor) => {
      const facts = factsOf(scheduleRows, sensor.id);
      return {
        id: sensor.id,
        state: stateOf(facts, sensor.everyS, now),
        lastSuccessAt: facts.schedule?.lastSuccessAt ?? null,
        metrics: sensor.metrics.map((metric) => {
          const drawing = { sensor, metric, measured, periods, locale };
          return {
            key: metric.key,
            label: metric.label[locale],
            unit: metric.unit,
            ...figuresOf(drawing),
            days: { ...wholeOf(measured, sensor.id, metric.key)?.values },
            parts: Object.fromEntries(metric.dimension ? largestFirst(drawing).map(({ series, value }) => [series.dimension, value]) : []),
          };
        }),
      };
    }),
  };
}
