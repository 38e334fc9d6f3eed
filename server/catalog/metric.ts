import type { Text } from "#db/words/locales.ts";

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
