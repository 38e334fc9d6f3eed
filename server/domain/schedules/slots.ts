/**
 * The grid of one schedule: slots lie `everyS` seconds apart since 1970 UTC, moved by an offset of the schedule's own, so
 * that a thousand tenants do not all start on the minute. UTC has no summer time: a day of 23 or 25 hours has the slots
 * of its hours.
 */
export interface Grid {
  tenantId: string;
  job: string;
  everyS: number;
}

/** The start of the latest slot that is not after `now`. Slots missed before it are not caught up on. */
export function latestSlot(grid: Grid, now: number): number {
  const every = grid.everyS * 1000;
  const offset = offsetOf(grid);
  return Math.floor((now - offset) / every) * every + offset;
}

export const nextSlot = (grid: Grid, now: number): number => latestSlot(grid, now) + grid.everyS * 1000;

/** FNV-1a: cheap, and even enough to spread starts. Milliseconds. */
function offsetOf({ tenantId, job, everyS }: Grid): number {
  let hash = 0x811c9dc5;
  for (const char of `${tenantId} ${job}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return (hash % everyS) * 1000;
}
