import { addDays, dayOf, instantOf, timeOf } from "#server/catalog/days.ts";

/** An instant, and the IANA zone whose clock is meant. */
export interface Clock {
  now: number;
  zone: string;
}

/** The end of the quiet hours that last now; null outside of them. They may begin on the day before. */
export function quietUntil(
  { now, zone }: Clock,
  { quietFrom, quietTo }: { quietFrom: string | null; quietTo: string | null },
): number | null {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return null;
  const today = dayOf(now, zone);
  for (const day of [addDays(today, -1), today]) {
    const from = instantOf(day, quietFrom, zone);
    const to = instantOf(quietTo > quietFrom ? day : addDays(day, 1), quietTo, zone);
    // A time that summer time leaves out is past as soon as the clock has gone beyond it.
    const began = from <= now || (day === today && timeOf(now, zone) >= quietFrom);
    if (began && now < to) return to;
  }
  return null;
}
