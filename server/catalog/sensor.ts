import type { z } from "zod";
import type { ProviderFailureKind } from "#server/errors.ts";
import type { Account } from "./account.ts";
import type { Text } from "./text.ts";

/** How a number is shown: `money` in minor units of its own currency, `ratio` as 0 to 1, `days` as a number of days. */
export type Unit = "count" | "money" | "ratio" | "days" | "status";

/** One number of a sensor, described so that tiles and charts draw themselves. */
export interface Metric {
  key: string;
  label: Text;
  /** One sentence that says how it is counted: what is in it, over which days, and by which formula. Every sensor of ours has it. */
  how?: Text;
  unit: Unit;
  /** `daily`: one value a day, charted over days. `snapshot`: the state when it was measured, the newest counts. */
  kind: "daily" | "snapshot";
  /** How days become one figure of a period (daily only; default `sum`). */
  aggregate?: "sum" | "mean" | "last";
  /** A figure of a period that is no sum or mean of days: the sum of one metric over the sum of another (revenue by orders). */
  quotient?: { of: string; by: string };
  /**
   * What a state that is itself the figure of a period is held against: other metrics of the sensor, of the day of its newest state
   * alone. Without it a state is held against the one 30 days before.
   */
  against?: { previous: string; compared: { value: string; previous: string } };
  /** What its dimension values are, where it is split: shown as a breakdown instead of a tile. */
  dimension?: Text;
  /** Words for dimension values that are codes; a value without an entry is shown as it is. */
  dimensionLabels?: Readonly<Record<string, Text>>;
  /** `cohorts`: its dimension values are `YYYY-MM|offset` in months and are drawn as a triangle. */
  table?: "cohorts";
  /** Whether a rise is good news; left out where neither. */
  better?: "up" | "down";
  /**
   * `status` values are 0 ok, 1 warn, 2 bad; other metrics may have thresholds that colour their tile. `of`: another metric, as a
   * share of which the figure is judged, since what is much depends on how much there is.
   */
  thresholds?: { warn: number; bad: number; when: "above" | "below"; of?: string };
  /** Shown as a tile on the overview (default true). */
  tile?: boolean;
}

export interface Measurement {
  metric: string;
  /** YYYY-MM-DD in the account's timezone. */
  day: string;
  dimension?: string;
  /**
   * ISO 4217. Of every amount of money, and of a count by which money is divided; left out for all else. The engine refuses an
   * amount without it.
   */
  currency?: string;
  /** null: there is none (a rate of nothing), and what was measured for this day before is no longer so. */
  value: number | null;
}

export interface OrderRecord {
  externalId: string;
  customerId: string | null;
  placedAt: number;
  day: string;
  grossMinor: number;
  currency: string;
  updatedAt: number;
  /** When it was cancelled; left out for one that stands. */
  cancelledAt?: number;
}

export interface RefundRecord {
  externalId: string;
  orderExternalId: string;
  refundedAt: number;
  day: string;
  amountMinor: number;
  currency: string;
}

/** All orders of a stretch of time, as the shop lists them now. Instants. */
export interface ListedOrders {
  externalIds: readonly string[];
  /** Placed from here on, and before `to`. */
  from: number;
  to: number;
  /** An order that changed at or after this instant is left alone: it may not have been in the list yet. */
  changedBefore: number;
}

/**
 * What the shop that the job reads has sold, as far as it has been read: what sensors that need history ask. `today` (YYYY-MM-DD) is
 * the account's: orders that are stamped ahead of it are left out until their day. Without it all are in.
 */
export interface ShopHistory {
  /** Days from `from` (YYYY-MM-DD, inclusive) that have orders or refunds, each currency by itself. */
  daily(from: string): Promise<{ day: string; currency: string; orders: number; grossMinor: number; refundsMinor: number }[]>;
  /** Days on which these orders, and what was given back of them, have been counted until now: they may leave them. */
  daysOf(orderExternalIds: readonly string[]): Promise<string[]>;
  /** Days on which orders were counted that were found deleted at or after `since` (an instant). */
  emptied(since: number): Promise<string[]>;
  /** Amounts of the currency of the latest order, and counts of all orders. */
  summary(today?: string): Promise<{
    orders: number;
    customers: number;
    guestOrders: number;
    grossMinor: number;
    refundsMinor: number;
    currency: string | null;
  }>;
  /** The same amounts of all currencies that the shop has sold in, that of the most orders first. */
  byCurrency(): Promise<{ currency: string; orders: number; grossMinor: number; refundsMinor: number }[]>;
  /** Customers by how many orders they placed: total and those with more than one. */
  repeat(today?: string): Promise<{ customers: number; repeatCustomers: number }>;
  /**
   * For each month of first purchase (YYYY-MM), of the last `months` up to today's, else up to the last purchase: how many customers
   * bought (again) `offset` months later; offset 0 is the cohort's size.
   */
  cohorts(months: number, today?: string): Promise<{ cohort: string; offset: number; customers: number }[]>;
  /** Days between a customer's consecutive orders: the median and the mean over all such gaps, null without any. */
  gaps(today?: string): Promise<{ medianDays: number; meanDays: number; gaps: number } | null>;
}

/** What one step of a run is handed. */
export interface Reading<Config, Cursor> {
  account(provider: string): Account;
  config: Config;
  /** Where the last committed step stopped; null at the very first, or when what was stored no longer fits the schema. */
  cursor: Cursor | null;
  shop: ShopHistory;
  now: number;
  /** The tenant's. Where an account has its own timezone, days are the account's. */
  timezone: string;
  currency: string;
  signal: AbortSignal;
  log(level: "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void;
}

/** What one step found. It is written in one batch with the cursor; then the next step begins, here or in a next message. */
export interface Step<Cursor> {
  /** All of a metric on a day, in one step: parts and currencies of it that were measured before, and are not among these, go. */
  measurements?: readonly Measurement[];
  orders?: readonly OrderRecord[];
  /** All that was given back of the step's `orders`: what is stored of one of them and is not among these goes. */
  refunds?: readonly RefundRecord[];
  /** What the shop still has of its orders: stored ones of that time which are not among them are deleted. */
  listed?: ListedOrders;
  cursor: Cursor | null;
  /** The calendar (IANA) of the days of its measurements: the account's. Left out where it measured nothing. */
  timezone?: string;
  /** False: there is more; call again with `cursor`. */
  done: boolean;
  /** Other sensors (ids) that are due at once because of what this step found, for those that read the shop's history. */
  wake?: readonly string[];
  /** Kinds of failed calls that the step was made to do without; a call that failed in any other way fails the step. */
  despite?: readonly ProviderFailureKind[];
}

export interface Need {
  provider: string;
  scopes: readonly string[];
  /** Those of `scopes` that it can do without, such as one that a provider may not have approved our app for, and what is missing then. */
  optional?: readonly { scope: string; without: Text }[];
  /** The kind of thing under the login that must be chosen before the job can run. */
  resource?: string;
}

/** The permissions without which a job reads nothing. */
export const requiredScopes = ({ scopes, optional = [] }: Need): string[] =>
  scopes.filter((scope) => !optional.some((each) => each.scope === scope));

export interface Sensor<Config extends z.ZodType = z.ZodType, Cursor extends z.ZodType = z.ZodType> {
  id: string;
  title: Text;
  description: Text;
  needs: readonly Need[];
  /** Seconds between slots; slots are multiples of it since 1970 UTC. */
  everyS: number;
  config: Config;
  cursor: Cursor;
  metrics: readonly Metric[];
  step(reading: Reading<z.output<Config>, z.output<Cursor>>): Promise<Step<z.output<Cursor>>>;
}

/** Keeps the types of one sensor's own config and cursor while it is written; the registry sees all sensors as one type. */
export const defineSensor = <Config extends z.ZodType, Cursor extends z.ZodType>(sensor: Sensor<Config, Cursor>): Sensor =>
  sensor as unknown as Sensor;
