import type { Limit } from "#server/rate-budget.ts";

/** Up to so many calls in a window nobody notices where it begins. */
const few = 10;
const atOnce = 1 / 5;

/**
 * A window of so many seconds with so many calls, as a limit: a part at once and the rest evenly, so that no window has more, wherever the
 * provider lets it begin. Of a few all may come at once.
 */
export function windowOf(name: string, calls: number, seconds: number): Limit {
  if (calls <= few) return { name, most: calls, perS: calls / seconds };
  const most = Math.ceil(calls * atOnce);
  return { name, most, perS: (calls - most) / seconds };
}
