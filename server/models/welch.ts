import { type Interval, z95 } from "./interval.ts";

/** What is known of a group's amounts: how many there are, their sum, and the sum of their squares. */
export interface Summed {
  of: number;
  sum: number;
  squares: number;
}

/**
 * The difference of two means, the first less the second, with Welch's bounds, which let the groups vary differently; 95 % unless `z` says
 * otherwise. Null where a group has fewer than two, or nothing varies. Source: Welch 1947, with the degrees of freedom of Satterthwaite.
 */
export function welch(first: Summed, second: Summed, z: number = z95): Interval | null {
  const [a, b] = [errorOf(first), errorOf(second)];
  const variance = a + b;
  if (!(variance > 0)) return null;
  const freedom = variance ** 2 / (a ** 2 / (first.of - 1) + b ** 2 / (second.of - 1));
  const estimate = first.sum / first.of - second.sum / second.of;
  const half = tDeviate(z, freedom) * Math.sqrt(variance);
  return { estimate, low: estimate - half, high: estimate + half };
}

/** The variance of a group's mean; NaN of fewer than two. */
function errorOf({ of, sum, squares }: Summed): number {
  if (of < 2) return Number.NaN;
  return Math.max(0, squares - (sum * sum) / of) / (of - 1) / of;
}

/**
 * Student's deviate that leaves as much outside as the normal deviate `z`. Within 0.1 % for 10 degrees of freedom and more up to z = 2, and within 1 % up to
 * z = 3.5; with fewer it is too near to `z`. Source: Abramowitz and Stegun 1964, 26.7.5.
 */
export function tDeviate(z: number, freedom: number): number {
  const [z2, z3] = [z * z, z ** 3];
  const first = (z3 + z) / 4;
  const second = (z * (5 * z2 * z2 + 16 * z2 + 3)) / 96;
  const third = (z * (3 * z2 ** 3 + 19 * z2 ** 2 + 17 * z2 - 15)) / 384;
  const fourth = (z * (79 * z2 ** 4 + 776 * z2 ** 3 + 1482 * z2 ** 2 - 1920 * z2 - 945)) / 92_160;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3 + fourth / freedom ** 4;
}
