import * as z from "zod";
import { customerSegments, rankingReasons, rankingSteps } from "#db/words/customer-base.ts";
import { addDays } from "#server/catalog/days.ts";
import { AutomationId } from "#server/domain/actions/schemas.ts";
import { ConnectionStatus } from "#server/domain/connections/schemas.ts";
import { RunErrorKind, RunStatus, RunTrigger } from "#server/domain/runs/schemas.ts";
import { ScheduleBlock } from "#server/domain/schedules/schemas.ts";
import { Interval } from "#server/domain/tenancy/schemas.ts";
import type { ErrorCode } from "#server/errors.ts";
import { comparisons, rangeLengths, usualView } from "./series.ts";

/** How a number is to be read: `money` in minor units of its own `currency`, `ratio` as 0 to 1, `status` as 0 ok, 1 warn, 2 bad. */
export const MetricUnit = z.enum(["count", "money", "ratio", "days", "status"]);
const Tone = z.enum(["ok", "warn", "danger"]);
/** One place for each of the overview's `days`; null where nothing was measured. */
const Values = z.array(z.number().nullable());

const How = z.string().optional().describe("One sentence: how it is counted.");
const Currency = z.string().nullable().describe("ISO 4217; null where the figure is no money.");

/** One figure in its currency. */
export const Amount = z.object({
  value: z.number().nullable().describe("Of the last 30 days with today so far, or the newest state; null while nothing was measured."),
  previous: z
    .number()
    .nullable()
    .describe("Of the 30 days before these, or the state 30 days before; null where they were not measured whole."),
  compared: z
    .object({ value: z.number(), previous: z.number() })
    .nullable()
    .describe(
      "What `delta` is told from: the first 28 of the 30 days, which are over, and the 28 before those, with the same weekdays; of a state, both states.",
    ),
  delta: z
    .number()
    .nullable()
    .describe("Change as a ratio (0.1: a tenth more), of ratios in points; null where there is nothing to compare with."),
  currency: Currency,
});
export type Amount = z.infer<typeof Amount>;

export const Tile = Amount.extend({
  key: z.string(),
  label: z.string(),
  how: How,
  unit: MetricUnit,
  comparedAs: z
    .enum(["weeks", "state", "own"])
    .describe(
      "`weeks`: the view's days that are over and the same weekdays before; `state`: the newest state and the one `stateDays` before; `own`: two periods that the metric itself names.",
    ),
  others: z.array(Amount).describe("The same in further currencies. Amounts of two currencies are never added."),
  /** Whether a rise is good news; null where neither. */
  better: z.enum(["up", "down"]).nullable(),
  /** A judgement against thresholds; null where there are none. */
  tone: Tone.nullable(),
  trend: Values,
  running: z.boolean().describe("Whether the last place of `trend`, today, still grows."),
  measuredAt: z.number().nullable(),
});
export type Tile = z.infer<typeof Tile>;

export const Chart = z.object({
  key: z.string(),
  label: z.string(),
  how: How,
  unit: MetricUnit,
  /** Of money. */
  currency: z.string().optional(),
  series: z.array(z.object({ key: z.string(), label: z.string(), values: Values })),
});
export type Chart = z.infer<typeof Chart>;

export const Breakdown = z.object({
  key: z.string(),
  label: z.string(),
  /** What the rows are: channels, statuses. */
  dimension: z.string(),
  how: How,
  unit: MetricUnit,
  /** Of money. */
  currency: z.string().optional(),
  /** The largest first. `share` of the whole, 0 to 1. */
  rows: z.array(z.object({ key: z.string(), label: z.string(), value: z.number(), share: z.number() })),
});
export type Breakdown = z.infer<typeof Breakdown>;

export const CohortTable = z.object({
  key: z.string(),
  label: z.string(),
  dimension: z.string(),
  how: How,
  running: z.string().describe("The month (YYYY-MM) that was not over when this was measured: what falls into it still grows."),
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

/** How a sensor stands, with its figures in one number each. */
export const SensorSummary = z.object({
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
  timezone: z.string().describe("Whose calendar the days are of: the account's, which may differ from the client's."),
  unknownTimezone: z
    .string()
    .nullable()
    .describe("What the account says of its time zone, where nobody knows such a one: its days are the client's."),
  days: z.array(z.string()).describe("The days that are looked at, YYYY-MM-DD, by the account's calendar."),
  tiles: z.array(Tile),
});
export type SensorSummary = z.infer<typeof SensorSummary>;

/** All of a sensor's figures. */
export const SensorView = SensorSummary.extend({
  charts: z.array(Chart),
  breakdowns: z.array(Breakdown),
  cohorts: z.array(CohortTable),
});
export type SensorView = z.infer<typeof SensorView>;

const Day = z.iso.date();
/** A year and a day, so that any year is one. */
const mostDays = 366;

/** Which days are looked at: the last so many, or some of one's own; and what they are compared with. */
export const ViewInput = z.object({
  range: z
    .union([
      z.literal(rangeLengths),
      z
        .object({ from: Day, to: Day })
        .refine(({ from, to }) => from <= to && addDays(from, mostDays - 1) >= to, "range_wrong" satisfies ErrorCode),
    ])
    .default(usualView.range),
  compare: z.enum(comparisons).default(usualView.compare),
});

const Span = z.object({ from: z.string(), to: z.string() });

/** A view as it is shown. */
export const ShownView = z.object({
  range: z.literal(rangeLengths).nullable().describe("How many days until today; null for days of one's own."),
  from: z.string().describe("By the client's own calendar; each sensor has its account's."),
  to: z.string(),
  compare: z.enum(comparisons),
  compared: z
    .object({ days: Span, before: Span })
    .nullable()
    .describe("What a change is told from: the days that are over, and the same weekdays before; null where there are none."),
  stateDays: z.number().describe("How many days earlier the states are that states are compared with."),
});
export type ShownView = z.infer<typeof ShownView>;

/** All of a sensor's figures in a view. */
export const SensorPage = SensorView.extend({ view: ShownView });
export type SensorPage = z.infer<typeof SensorPage>;

/** One metric, drawn large: its days, and the same of what it is compared with. */
export const LargeChart = z.object({
  sensor: z.string(),
  key: z.string(),
  label: z.string(),
  how: How,
  unit: MetricUnit,
  currency: Currency,
  every: z.enum(["day", "week"]).describe("What a point is."),
  days: z.array(z.string()).describe("The points' first days, YYYY-MM-DD, by the account's calendar."),
  values: Values,
  before: Values.nullable().describe("What each day is compared with; null where it is with nothing."),
  shape: z.enum(["line", "steps"]).describe("`steps`: a state, which holds until the next one."),
  running: z.boolean().describe("Whether the last day is not over."),
});
export type LargeChart = z.infer<typeof LargeChart>;

/** How far the first reading of a shop's orders has come. */
export const Backfill = z.object({
  orders: z.number().int(),
  from: z.string().nullable().describe("The day of the oldest order that was read, YYYY-MM-DD; null before the first."),
  to: z.string().nullable().describe("The same of the newest."),
});
export type Backfill = z.infer<typeof Backfill>;

/** A client's overview, ready to draw. Instants are milliseconds since 1970. */
export const Overview = z.object({
  currency: z.string().describe("What the client's figures are in: of its first amount of money; the client's own while there is none."),
  timezone: z.string().describe("The client's."),
  view: ShownView,
  chart: LargeChart.nullable().describe("Of the metric that was asked for, or the first one that was measured; null without any."),
  sensors: z.array(SensorSummary),
  next: z
    .array(
      z.object({
        provider: z.string(),
        name: z.string(),
        done: z.boolean().describe("Whether an account of it is there."),
        gives: z.array(z.string()).describe("The titles of what its account feeds."),
        oneClick: z.boolean().describe("Whether nothing must be typed before its consent."),
      }),
    )
    .describe("The few connections that the client gains most from."),
  backfill: Backfill.nullable().describe("Null but while a shop's history is read for the first time."),
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
      createdAt: z.number(),
      startedAt: z.number().nullable(),
      finishedAt: z.number().nullable(),
    }),
  ),
});
export type Overview = z.infer<typeof Overview>;

const Days = z.record(z.string(), z.number());

/** What a client's sensors measured, for programs. Days are YYYY-MM-DD; money is integer minor units of its own `currency`. */
export const Metrics = z.object({
  currency: z.string().describe("As in the overview. Each metric says its own."),
  timezone: z.string(),
  from: z.string(),
  to: z.string(),
  sensors: z.array(
    z.object({
      id: z.string(),
      state: SensorState,
      /** Milliseconds since 1970. */
      lastSuccessAt: z.number().nullable(),
      timezone: z.string().describe("Whose calendar the days are of."),
      metrics: z.array(
        Amount.extend({
          key: z.string(),
          label: z.string(),
          how: How,
          unit: MetricUnit,
          days: Days.describe("Where it is not split: its values by day, the last 60 days."),
          parts: Days.describe("Where it is split: the figure of each part, as `value`."),
          others: z.array(Amount.extend({ days: Days, parts: Days })).describe("The same in further currencies."),
        }),
      ),
    }),
  ),
});
export type Metrics = z.infer<typeof Metrics>;

export const ReadOutlook = z.object({ automation: AutomationId });
export type ReadOutlook = z.infer<typeof ReadOutlook>;

const BuyingParams = z.object({ r: z.number(), alpha: z.number(), a: z.number(), b: z.number() });
const SpendParams = z.object({ p: z.number(), q: z.number(), v: z.number() });

/** What is known of how a shop's customers buy. */
const OutlookModel = z.object({
  step: z
    .enum(rankingSteps)
    .describe("What customers are ranked by: chances of a model, RFM, or when each bought last. Without a model there are no chances."),
  reason: z.enum(rankingReasons).describe("Why not by a higher step; `enough` for the highest."),
  fittedUntil: z.string().describe("The last day (YYYY-MM-DD, the shop's) of what it was fitted on."),
  fittedAt: z.number(),
  firstDay: z.string().nullable(),
  bought: z.number().describe("Customers with an order until then."),
  boughtAgain: z.number().describe("Of them, who ordered on more than one day."),
  currency: z.string().nullable(),
  buying: z
    .object({
      params: BuyingParams,
      standardErrors: BuyingParams.nullable(),
      logLikelihood: z.number(),
      dropout: z.enum(["identified", "not_identified"]),
      startsAgree: z.boolean(),
    })
    .nullable()
    .describe("BG/NBD, in days; null where nobody ordered again."),
  spend: z
    .object({
      meanMinor: z.number(),
      params: SpendParams.nullable(),
      standardErrors: SpendParams.nullable(),
      doubt: z.enum(["too_few", "correlated"]).nullable(),
    })
    .nullable()
    .describe("Gamma-Gamma, in minor units; without `params` the mean is taken for everybody."),
  season: Interval.nullable().describe("What expected orders are multiplied with; null without two years of orders."),
  past: z
    .object({
      from: z.string(),
      days: z.number(),
      customers: z.number(),
      orders: z.object({ observed: z.number(), expected: z.number() }),
      groups: z.array(z.object({ customers: z.number(), predicted: z.number(), observed: z.number(), low: z.number(), high: z.number() })),
      error: z.number(),
      areas: z.object({ model: z.number(), rfm: z.number() }).nullable(),
    })
    .nullable()
    .describe("Fitted on what was known on `from`, and held against the days after it: tenths of the customers by predicted chance."),
});

export const Outlook = z.object({
  reads: z.boolean().describe("Whether the automation reads what is expected of customers."),
  model: OutlookModel.nullable().describe("Null until one was fitted."),
  asOf: z.string().nullable().describe("The last day that the scores know of."),
  segments: z.array(
    z.object({
      segment: z.enum(customerSegments),
      customers: z.number(),
      expectedOrders: z.number().nullable().describe("Within 90 days; null without a model."),
      valueMinor: z.number().nullable().describe("The same in minor units of the model's currency."),
    }),
  ),
});
export type Outlook = z.infer<typeof Outlook>;
