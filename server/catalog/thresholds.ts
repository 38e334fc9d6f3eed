import type { Metric } from "./metric.ts";

/** 0 ok, 1 warn, 2 bad. A value at a threshold is over it. */
export function levelOf(value: number, { warn, bad, when }: NonNullable<Metric["thresholds"]>): 0 | 1 | 2 {
  const over = (limit: number) => (when === "above" ? value >= limit : value <= limit);
  return over(bad) ? 2 : over(warn) ? 1 : 0;
}
