import type { Locale } from "#db/words/locales.ts";
import type { RunStatus, ScheduleBlock } from "#db/words/runs.ts";
import { everyOf } from "#server/catalog/job.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { type Drawing, drawBreakdowns, drawCharts, drawCohorts, drawTile } from "./draw-metric.ts";
import type { SensorState, SensorView } from "./schemas.ts";
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

/** One sensor, drawn from its own description: nothing here knows any sensor by name. */
export function drawSensor(
  sensor: Sensor,
  input: {
    facts: SensorFacts;
    measured: Measured;
    periods: Periods;
    timezone: string;
    unknownTimezone?: string | null;
    currency: string;
    accountCurrency?: string | null;
    locale: Locale;
    now: number;
  },
): SensorView {
  const { facts, measured, periods, timezone, currency, locale, now } = input;
  const accountCurrency = input.accountCurrency ?? null;
  const drawings = sensor.metrics.map((metric): Drawing => ({ sensor, metric, measured, periods, locale, currency, accountCurrency }));
  return {
    id: sensor.id,
    title: sensor.title[locale],
    description: sensor.description[locale],
    providers: [...new Set(sensor.needs.map(({ provider }) => provider))],
    state: sensorStateOf(facts, everyOf(sensor), now),
    blocked: facts.schedule?.blocked ?? null,
    everyS: everyOf(sensor),
    nextAt: facts.schedule?.nextAt ?? null,
    lastSuccessAt: facts.schedule?.lastSuccessAt ?? null,
    timezone,
    unknownTimezone: input.unknownTimezone ?? null,
    days: [...periods.present],
    tiles: drawings.filter(({ metric }) => metric.tile !== false && !metric.dimension).map(drawTile),
    charts: drawings.flatMap(drawCharts),
    breakdowns: drawings.flatMap(drawBreakdowns),
    cohorts: drawings.flatMap((drawing) => drawCohorts(drawing) ?? []),
  };
}
