import { type Interval, z95 } from "#server/models/interval.ts";

export interface SeasonWindow {
  /** Orders in the same window of the calendar a year before. */
  observed: number;
  /** Orders that were expected of that window by what was known at its start: the sum of `expectedOrders`. */
  expected: number;
  /** From the shop's first order to the end of what is known now. */
  history: number;
  /** The length of a year in the same unit of time: 365.25 days. */
  year: number;
}

/** A factor of fewer orders is off by more than a fifth. */
const fewestOrders = 100;

/**
 * What to multiply the expected orders of a window with, since the model knows no seasons: how many orders came in the same window a year before, to how
 * many were expected by what was known then. With the bounds of a Poisson count's 95 % interval on the log scale. Null where there are
 * not two years, one to learn from and one to hold it against, or where fewer than 100 orders came or were expected: the counts
 * are not calibrated by season then, and people are told so.
 */
export function seasonFactor({ observed, expected, history, year }: SeasonWindow): Interval | null {
  if (history < 2 * year || observed < fewestOrders || expected < fewestOrders) return null;
  const estimate = observed / expected;
  const spread = Math.exp(z95 / Math.sqrt(observed));
  return { estimate, low: estimate / spread, high: estimate * spread };
}
