import { z } from "zod";
import { ConnectionStatus } from "#server/domain/connections/schemas.ts";
import { RunErrorKind, RunStatus, RunTrigger, ScheduleBlock } from "#server/domain/runs/schemas.ts";

/** How a number is to be read: `money` in minor units of the overview's currency, `ratio` as 0 to 1, `status` as 0 ok, 1 warn, 2 bad. */
export const MetricUnit = z.enum(["count", "money", "ratio", "days", "status"]);
const Tone = z.enum(["ok", "warn", "danger"]);
/** One place for each of the overview's `days`; null where nothing was measured. */
const Values = z.array(z.number().nullable());

export const Tile = z.object({
  key: z.string(),
  label: z.string(),
  unit: MetricUnit,
  /** Of the last 30 days, or the newest state; null while nothing was measured. */
  value: z.number().nullable(),
  /** Of the 30 days before, or the state 30 days before. */
  previous: z.number().nullable(),
  /** Change from `previous` as a ratio (0.1: a tenth more); null where there is nothing to compare with. */
  delta: z.number().nullable(),
  /** Whether a rise is good news; null where neither. */
  better: z.enum(["up", "down"]).nullable(),
  /** A judgement against thresholds; null where there are none. */
  tone: Tone.nullable(),
  trend: Values,
  measuredAt: z.number().nullable(),
});
export type Tile = z.infer<typeof Tile>;

export const Chart = z.object({
  key: z.string(),
  label: z.string(),
  unit: MetricUnit,
  series: z.array(z.object({ key: z.string(), label: z.string(), values: Values })),
});
export type Chart = z.infer<typeof Chart>;

export const Breakdown = z.object({
  key: z.string(),
  label: z.string(),
  /** What the rows are: channels, statuses. */
  dimension: z.string(),
  unit: MetricUnit,
  /** The largest first. `share` of the whole, 0 to 1. */
  rows: z.array(z.object({ key: z.string(), label: z.string(), value: z.number(), share: z.number() })),
});
export type Breakdown = z.infer<typeof Breakdown>;

export const CohortTable = z.object({
  key: z.string(),
  label: z.string(),
  dimension: z.string(),
  /** The oldest first. `customers[n]` came n months after `month` (YYYY-MM); place 0 is the cohort's size; null: not yet. */
  cohorts: z.array(z.object({ month: z.string(), customers: z.array(z.number().nullable()) })),
});
export type CohortTable = z.infer<typeof CohortTable>;

/**
 * `ok`: measured in time. `waiting`: has not measured yet. `late`: its last success is older than two of its periods.
 * `failing`: its latest run did not go well. `blocked`: cannot run, see `blocked`. `off`: not wanted.
 */
export const SensorState = z.enum(["ok", "waiting", "late", "failing", "blocked", "off"]);
export type SensorState = z.infer<typeof SensorState>;

export const SensorView = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  providers: z.array(z.string()),
  state: SensorState,
  blocked: ScheduleBlock.nullable(),
  /** Seconds between runs. */
  everyS: z.number(),
  nextAt: z.number().nullable(),
  lastSuccessAt: z.number().nullable(),
  tiles: z.array(Tile),
  charts: z.array(Chart),
  breakdowns: z.array(Breakdown),
  cohorts: z.array(CohortTable),
});
export type SensorView = z.infer<typeof SensorView>;

/** A client's overview, ready to draw. Instants are milliseconds since 1970. */
export const Overview = z.object({
  currency: z.string(),
  timezone: z.string(),
  /** The 30 days of charts and trends, YYYY-MM-DD, the last one today. */
  days: z.array(z.string()),
  sensors: z.array(SensorView),
  connections: z.array(
    z.object({
      id: z.string(),
      provider: z.string(),
      name: z.string(),
      status: ConnectionStatus,
      statusReason: z.string().nullable(),
      lastSuccessAt: z.number().nullable(),
    }),
  ),
  /** The latest first. */
  runs: z.array(
    z.object({
      id: z.string(),
      sensor: z.string(),
      title: z.string(),
      trigger: RunTrigger,
      status: RunStatus,
      errorKind: RunErrorKind.nullable(),
      errorMessage: z.string().nullable(),
      createdAt: z.number(),
      startedAt: z.number().nullable(),
      finishedAt: z.number().nullable(),
    }),
  ),
});
export type Overview = z.infer<typeof Overview>;

/** What a client's sensors measured, for programs. Days are YYYY-MM-DD; money is integer minor units of `currency`. */
export const Metrics = z.object({
  currency: z.string(),
  timezone: z.string(),
  from: z.string(),
  to: z.string(),
  sensors: z.array(
    z.object({
      id: z.string(),
      state: SensorState,
      /** Milliseconds since 1970. */
      lastSuccessAt: z.number().nullable(),
      metrics: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          unit: MetricUnit,
          /** Of the last 30 days, or the newest state. */
          value: z.number().nullable(),
          previous: z.number().nullable(),
          /** Where it is not split: its values by day, the last 60 days. */
          days: z.record(z.string(), z.number()),
          /** Where it is split: the figure of each part, as `value`. */
          parts: z.record(z.string(), z.number()),
        }),
      ),
    }),
  ),
});
export type Metrics = z.infer<typeof Metrics>;
