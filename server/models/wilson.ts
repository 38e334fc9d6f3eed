import { type Interval, z95 } from "./interval.ts";

/**
 * A share (0 to 1) of `of` trials with the bounds of Wilson's score interval, 95 % unless `z` says otherwise; null of none. Unlike the
 * textbook's interval it has a width where all trials ended alike. Source: Wilson 1927, "Probable inference, the law of succession".
 */
export function wilson(successes: number, of: number, z: number = z95): Interval | null {
  if (of === 0) return null;
  const estimate = successes / of;
  const zz = z * z;
  const middle = (estimate + zz / (2 * of)) / (1 + zz / of);
  const half = (z * Math.sqrt((estimate * (1 - estimate)) / of + zz / (4 * of * of))) / (1 + zz / of);
  return { estimate, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
