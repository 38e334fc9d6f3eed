import { type Interval, z95 } from "./interval.ts";
import { wilson } from "./wilson.ts";

/** How many of a group did something. */
export interface Counted {
  successes: number;
  of: number;
}

/**
 * The difference of two independent shares, the first less the second, with Newcombe's bounds, 95 % unless `z` says otherwise; null where a
 * group is empty. They hold for small groups, and never leave -1 to 1. Source: Newcombe 1998, "Interval estimation for the difference
 * between independent proportions", method 10, which is made of Wilson's intervals of both.
 */
export function newcombe(first: Counted, second: Counted, z: number = z95): Interval | null {
  const a = wilson(first.successes, first.of, z);
  const b = wilson(second.successes, second.of, z);
  if (!a || !b) return null;
  const estimate = a.estimate - b.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(a.estimate - a.low, b.high - b.estimate),
    high: estimate + Math.hypot(a.high - a.estimate, b.estimate - b.low),
  };
}
