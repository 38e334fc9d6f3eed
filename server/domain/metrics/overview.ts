import { desc } from "drizzle-orm";
import { askAllKept, keep } from "#db/kept.ts";
import { runs } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { addDays, dayOf, isTimezone } from "#server/catalog/days.ts";
import { everyOf } from "#server/catalog/job.ts";
import { allJobs, measuringJobs } from "#server/catalog/jobs.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { byteOrderMark, csvLine } from "#server/csv.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { proposeConnections } from "#server/domain/schedules/propose-connections.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { notFound } from "#server/errors.ts";
import { isFirstReading, readOrdersSoFar } from "./backfill.ts";
import { type Drawing, drawCharts, drawLarge, drawState, figuresOf, howOf, isTile, largestFirst } from "./draw-metric.ts";
import { drawingsOf, drawSensor, type SensorFacts, type SensorInput, sensorStateOf, summarizeSensor } from "./draw-overview.ts";
import { type SeriesRow, seriesUntil, toSeries } from "./read-series.ts";
import { readConnections, readSchedules } from "./read-standing.ts";
import type { LargeChart, Metrics, Overview, SensorPage, ShownView } from "./schemas.ts";
import { bySensorAndMetric, newestDay, periodsUntil, usualView, type View } from "./series.ts";

const latestRuns = 8;

/** The words of an overview: the reader's language, else the one that is asked for. */
const localeOf = (ctx: TenantCtx, asked?: Locale): Locale => asked ?? (ctx.actor.type === "user" ? ctx.actor.locale : ctx.tenant.locale);

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

/** What a person looks at: its words in `locale` or the reader's language, its days, and which metric (`sensor.key`) is drawn large. */
export interface Look {
  locale?: Locale | undefined;
  view?: View | undefined;
  metric?: string | undefined;
}

/** All that a client's first page shows, in one D1 batch of four indexed statements; one more while a shop is read for the first time. */
export async function readOverview(ctx: TenantCtx, { locale: asked, view: wished = usualView, metric }: Look = {}): Promise<Overview> {
  const { tenant, db } = ctx;
  const today = dayOf(ctx.now(), tenant.timezone);
  const view = untilToday(wished, today);
  const own = { tenant: tenant.id };
  const [seriesRows, scheduleRows, connectionRows, runRows] = await askAllKept(db, [
    seriesUntil(ctx, today, { sensors: measuringJobs, whole: true, view }),
    readSchedules(own),
    readConnections(own),
    readRuns(own),
  ]);
  const locale = localeOf(ctx, asked);
  const inputs = inputsOf(ctx, { seriesRows, scheduleRows, connectionRows, view, locale });
  const summaries = inputs.map(({ sensor, input }) => summarizeSensor(sensor, input));
  const drawings = inputs.flatMap(({ sensor, input }) => drawingsOf(sensor, input).filter(isTile));
  return {
    currency: firstCurrency(summaries.flatMap(({ tiles }) => tiles)) ?? tenant.currency,
    timezone: tenant.timezone,
    view: shownOf(view, today),
    chart: largeOf(drawings, metric),
    sensors: summaries,
    next: nextOf(ctx, { scheduleRows, connectionRows, locale }),
    backfill: isFirstReading({ scheduleRows, connectionRows }) ? await readOrdersSoFar(ctx) : null,
    connections: connectionRows.map(({ timezone: _, ...connection }) => connection),
    runs: runRows.map(({ job, ...run }) => ({ ...run, sensor: job, title: allJobs.find(({ id }) => id === job)?.title[locale] ?? job })),
  };
}

/** What to connect next, in the reader's words. */
function nextOf(ctx: TenantCtx, { scheduleRows, connectionRows, locale }: Pick<Read, "scheduleRows" | "connectionRows" | "locale">) {
  const served = new Set(scheduleRows.flatMap(({ job, blocked }) => (blocked === "not_connected" ? [] : [job])));
  const proposed = proposeConnections(ctx, { connections: connectionRows, served });
  return proposed.map(({ gives, ...proposal }) => ({ ...proposal, gives: gives.map((title) => title[locale]) }));
}

interface LookAtSensor extends Omit<Look, "metric"> {
  sensor: string;
}

/** All of one sensor's figures. Throws `not_found` where there is no such sensor. */
export async function readSensor(ctx: TenantCtx, look: LookAtSensor): Promise<SensorPage> {
  const { sensor, input, view } = await readOne(ctx, look);
  return { ...drawSensor(sensor, input), view };
}

/** One chart's figures as a file with a line a day. Money is in whole units of its currency. Throws `not_found` where there is no such chart. */
export async function readChartCsv(
  ctx: TenantCtx,
  { chart: key, ...look }: LookAtSensor & { chart: string },
): Promise<{ fileName: string; text: string }> {
  const { sensor, input, view } = await readOne(ctx, look);
  const drawings = drawingsOf(sensor, input);
  const chart =
    drawings.flatMap(drawCharts).find((each) => each.key === key) ?? drawings.filter(({ metric }) => metric.key === key).map(drawState)[0];
  if (!chart) throw notFound("figures");
  const { unit, currency } = chart;
  const digits = unit === "money" ? (currencies.get(currency ?? "") ?? 0) : 0;
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? "" : unit === "money" ? (value / 10 ** digits).toFixed(digits) : value;
  const titled = (label: string) => (unit === "money" && currency ? `${label} (${currency})` : label);
  const lines = input.periods.present.map((day, place) => csvLine([day, ...chart.series.map(({ values }) => shown(values[place]))]));
  const head = csvLine(["day", ...chart.series.map(({ label }) => titled(label))]);
  return { fileName: `${sensor.id}-${key.replace(/\W/g, "-")}-${view.from}-${view.to}.csv`, text: byteOrderMark + head + lines.join("") };
}

async function readOne(ctx: TenantCtx, { sensor: id, locale: asked, view: wished = usualView }: LookAtSensor) {
  const wanted = measuringJobs.filter((sensor) => sensor.id === id);
  if (wanted.length === 0) throw notFound("job");
  const today = dayOf(ctx.now(), ctx.tenant.timezone);
  const view = untilToday(wished, today);
  const own = { tenant: ctx.tenant.id };
  const [seriesRows, scheduleRows, connectionRows] = await askAllKept(ctx.db, [
    seriesUntil(ctx, today, { sensors: wanted, view }),
    readSchedules(own),
    readConnections(own),
  ]);
  const [found] = inputsOf(ctx, { seriesRows, scheduleRows, connectionRows, view, locale: localeOf(ctx, asked) }, wanted);
  if (!found) throw notFound("job");
  return { ...found, view: shownOf(view, today) };
}

function shownOf(view: View, today: string): ShownView {
  const { present, compared, stateShift } = periodsUntil(today, view);
  const [days, before] = [spanOf(compared.present), spanOf(compared.before)];
  return {
    range: typeof view.range === "number" ? view.range : null,
    from: present[0] ?? today,
    to: present.at(-1) ?? today,
    compare: view.compare,
    compared: days && before ? { days, before } : null,
    stateDays: stateShift,
  };
}

function spanOf(days: readonly string[]): { from: string; to: string } | null {
  const [from, to] = [days[0], days.at(-1)];
  return from !== undefined && to !== undefined ? { from, to } : null;
}

/** The metric that was asked for, else the first one with figures. */
function largeOf(drawings: readonly Drawing[], wanted: string | undefined): LargeChart | null {
  const asked = drawings.find(({ sensor, metric }) => `${sensor.id}.${metric.key}` === wanted);
  const large = asked && drawLarge(asked);
  if (large) return large;
  for (const drawing of drawings) {
    const first = drawing.metric.kind === "daily" ? drawLarge(drawing) : null;
    if (first) return first;
  }
  return null;
}

/** Days of one's own end today at the latest. */
function untilToday({ range, compare }: View, today: string): View {
  if (typeof range === "number" || range.to <= today) return { range, compare };
  return { range: { from: range.from > today ? today : range.from, to: today }, compare };
}

/** What was measured, for programs: every metric with its figure and its days, or its parts. */
export async function readMetrics(ctx: TenantCtx): Promise<Metrics> {
  const now = ctx.now();
  const today = dayOf(now, ctx.tenant.timezone);
  const [seriesRows, scheduleRows] = await askAllKept(ctx.db, [
    seriesUntil(ctx, today, { sensors: measuringJobs }),
    readSchedules({ tenant: ctx.tenant.id }),
  ]);
  const { currency, timezone } = ctx.tenant;
  const inputs = inputsOf(ctx, { seriesRows, scheduleRows, connectionRows: [], view: usualView, locale: localeOf(ctx) });
  const measured = inputs.map(({ sensor, input }) => ({
    id: sensor.id,
    state: sensorStateOf(input.facts, everyOf(sensor), now),
    lastSuccessAt: input.facts.schedule?.lastSuccessAt ?? null,
    timezone: input.timezone,
    metrics: drawingsOf(sensor, input).map(metricOf),
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
  const [{ made, ...main }, ...others] = figuresOf(drawing);
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
    ...valuesOf(inCurrency, made.line?.values),
    others: [
      ...others.map(({ made: { line }, ...amount }) => ({ ...amount, ...valuesOf(amount.currency, line?.values) })),
      ...split.map((currency) => ({ value: null, previous: null, compared: null, delta: null, currency, ...valuesOf(currency) })),
    ],
  };
}

interface Read {
  seriesRows: SeriesRow[];
  scheduleRows: ScheduleRows;
  connectionRows: readonly AccountZone[];
  view: View;
  locale: Locale;
}

/** What is off until somebody switches it on, and never ran, is nothing that a client waits for. */
function isUsed({ id, onByDefault }: Sensor, rows: ScheduleRows): boolean {
  const schedule = rows.find(({ job }) => job === id);
  return onByDefault === true || schedule?.enabled === true || (schedule?.lastSuccessAt ?? null) !== null;
}

/** What each sensor is drawn from. A range that ends today ends on its account's day: all of its days are of that calendar. */
function inputsOf(
  ctx: TenantCtx,
  { seriesRows, scheduleRows, connectionRows, view, locale }: Read,
  wanted: readonly Sensor[] = measuringJobs.filter((sensor) => isUsed(sensor, scheduleRows)),
): { sensor: Sensor; input: SensorInput }[] {
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
  return wanted.map((sensor) => {
    const facts = factsOf(scheduleRows, sensor.id);
    const schedule = scheduleRows.find(({ job }) => job === sensor.id);
    const timezone = schedule?.timezone ?? ctx.tenant.timezone;
    const today = todayIn(timezone);
    // What is measured on a day has begun, whatever the clock of a calendar that we do not know yet says.
    const newest = newestDay(series.filter((each) => each.sensor === sensor.id)) ?? today;
    const periods = periodsUntil(newest > today && newest <= addDays(today, 2) ? newest : today, view);
    const input = {
      facts,
      measured,
      periods,
      timezone,
      unknownTimezone: unknownTimezoneOf(sensor, connectionRows),
      currency: ctx.tenant.currency,
      accountCurrency: schedule?.currency ?? null,
      locale,
      now,
    };
    return { sensor, input };
  });
}

interface AccountZone {
  provider: string;
  status: string;
  timezone: string | null;
}

/** What an account that the sensor reads says of its time zone, where that is none. */
const unknownTimezoneOf = ({ needs }: Sensor, accounts: readonly AccountZone[]): string | null =>
  accounts.find(
    ({ provider, status, timezone }) =>
      status === "active" && timezone !== null && !isTimezone(timezone) && needs.some((need) => need.provider === provider),
  )?.timezone ?? null;

const firstCurrency = (figures: readonly { value: number | null; currency: string | null }[]): string | undefined =>
  figures.find(({ value, currency }) => value !== null && currency !== null)?.currency ?? undefined;
