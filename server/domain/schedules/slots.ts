import { addDays, dayOf, instantOf, isTimezone } from "#server/catalog/days.ts";
import { everyOf, type Job } from "#server/catalog/job.ts";
import type { Tenant } from "#server/ctx.ts";

/**
 * When one schedule is due. Without a time of day its slots lie `everyS` seconds apart since 1970 UTC, moved by an offset of the
 * schedule's own, so that a thousand tenants do not all start on the minute; UTC has no summer time: a day of 23 or 25 hours has the
 * slots of its hours. With one (`dailyAt`, HH:MM) each day of the calendar of `zone` (IANA) has one slot, to the minute.
 */
export interface Grid {
  tenantId: string;
  job: string;
  everyS: number;
  dailyAt: string | null;
  zone: string | null;
}

/** The grid of a job for a tenant. */
export const gridOf = ({ id: tenantId, timezone }: Pick<Tenant, "id" | "timezone">, job: Job): Grid => ({
  tenantId,
  job: job.id,
  everyS: everyOf(job),
  dailyAt: job.dailyAt ?? null,
  zone: job.dailyAt === undefined ? null : timezone,
});

/** The start of the latest slot that is not after `now`. Slots missed before it are not caught up on. */
export function latestSlot(grid: Grid, now: number): number {
  if (grid.dailyAt !== null) {
    const { today, slotOn } = clockOf(grid, grid.dailyAt, now);
    return slotOn(today) <= now ? slotOn(today) : slotOn(addDays(today, -1));
  }
  const every = grid.everyS * 1000;
  const offset = offsetOf(grid);
  return Math.floor((now - offset) / every) * every + offset;
}

/** The start of the first slot after `now`. */
export function nextSlot(grid: Grid, now: number): number {
  if (grid.dailyAt === null) return latestSlot(grid, now) + grid.everyS * 1000;
  const { today, slotOn } = clockOf(grid, grid.dailyAt, now);
  return slotOn(today) > now ? slotOn(today) : slotOn(addDays(today, 1));
}

function clockOf({ zone }: Grid, dailyAt: string, now: number) {
  const known = zone !== null && isTimezone(zone) ? zone : "UTC";
  return { today: dayOf(now, known), slotOn: (day: string) => instantOf(day, dailyAt, known) };
}

/** FNV-1a: cheap, and even enough to spread starts. Milliseconds. */
function offsetOf({ tenantId, job, everyS }: Grid): number {
  let hash = 0x811c9dc5;
  for (const char of `${tenantId} ${job}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return (hash % everyS) * 1000;
}
