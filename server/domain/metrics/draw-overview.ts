import type { Locale } from "#db/words/locales.ts";
import type { RunStatus, ScheduleBlock } from "#db/words/runs.ts";
import { everyOf } from "#server/catalog/job.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { type Drawing, drawBreakdowns, drawCharts, drawCohorts, drawTile, isTile } from "./draw-metric.ts";
import type { SensorState, SensorSummary, SensorView } from "./schemas.ts";
import type { Measured, Periods } from "./series.ts";

/** What is known of a sensor's schedule and latest run. */
export interface SensorFacts {
  schedule: { enabled: boolean; blocked: ScheduleBlock | null; nextAt: number; lastSuccessAt: number | null } | undefined;
  latestRun: { status: RunStatus; errorKind: string | null } | undefined;
}

/** How a sensor stands. A late one may miss one slot and has ten minutes for its run. */
export function sensorStateOf({ schedule, latestRun }: SensorFacts, everyS: number, now: number): SensorState {
  if (schedule && !schedule.enabled) return "off";
  if (schedule?.blocked) return "blocked";
  if (latestRun?.status === "failed" || latestRun?.status === "dead" || (latestRun?.status === "queued" && latestRun.errorKind))
    return "failing";
  if (!schedule || schedule.lastSuccessAt === null) return "waiting";
  return now - schedule.lastSuccessAt > (2 * everyS + 600) * 1000 ? "late" : "ok";
}

/** What a sensor is drawn from. */
export interface SensorInput {
  facts: SensorFacts;
  measured: Measured;
  periods: Periods;
  timezone: string;
  unknownTimezone?: string | null;
  currency: string;
  accountCurrency?: string | null;
  locale: Locale;
  now: number;
}

export const drawingsOf = (sensor: Sensor, { measured, periods, locale, currency, accountCurrency }: SensorInput): Drawing[] =>
  sensor.metrics.map((metric) => ({ sensor, metric, measured, periods, locale, currency, accountCurrency: accountCurrency ?? null }));

/** Whether what was measured last says how things are now: nobody calls healthy what nobody reads any more. */
const isJudged: Record<SensorState, boolean> = { ok: true, waiting: true, late: false, failing: false, blocked: false, off: false };

/** One sensor in one number a metric, drawn from its own description: nothing here knows any sensor by name. */
export function summarizeSensor(sensor: Sensor, input: SensorInput): SensorSummary {
  const { facts, periods, timezone, locale, now } = input;
  const state = sensorStateOf(facts, everyOf(sensor), now);
  const tiles = drawingsOf(sensor, input).filter(isTile).map(drawTile);
  return {
    id: sensor.id,
    title: sensor.title[locale],
    description: sensor.description[locale],
    providers: [...new Set(sensor.needs.map(({ provider }) => provider))],
    state,
    blocked: facts.schedule?.blocked ?? null,
    everyS: everyOf(sensor),
    nextAt: facts.schedule?.nextAt ?? null,
    lastSuccessAt: facts.schedule?.lastSuccessAt ?? null,
    timezone,
    unknownTimezone: input.unknownTimezone ?? null,
    days: [...periods.present],
    tiles: isJudged[state] ? tiles : tiles.map((tile) => ({ ...tile, tone: null })),
  };
}

/** All of a sensor's figures. */
export function drawSensor(sensor: Sensor, input: SensorInput): SensorView {
  const drawings = drawingsOf(sensor, input);
  return {
    ...summarizeSensor(sensor, input),
    charts: drawings.flatMap(drawCharts),
    breakdowns: drawings.flatMap(drawBreakdowns),
    cohorts: drawings.flatMap((drawing) => drawCohorts(drawing) ?? []),
  };
}
