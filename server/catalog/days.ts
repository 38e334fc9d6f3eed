import type { Account } from "./account.ts";
import type { RunLines } from "./job.ts";

/** Whether this runtime knows the timezone. `Etc/Unknown` is what some say who do not know theirs. */
export function isTimezone(name: string): boolean {
  if (name === "Etc/Unknown") return false;
  if (formats.has(name)) return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What `calendarOf` logs: among the lines of each job that asks it. */
export const calendarLines = {
  zone_unknown: {
    en: "The account reports an unknown time zone, so its days follow the client’s time zone.",
    fr: "Le compte indique un fuseau horaire inconnu ; ses jours sont comptés dans celui du client.",
    he: "החשבון מציין אזור זמן לא מוכר; הימים שלו נספרים לפי אזור הזמן של הלקוח.",
  },
} satisfies RunLines;

/** Whose calendar an account's figures have: its own, or the client's where it says none or one that nobody knows; then it is logged. */
export function calendarOf(
  { name, timezone }: Pick<Account, "name" | "timezone">,
  { timezone: own, log }: { timezone: string; log(level: "warn", line: keyof typeof calendarLines, fields: Record<string, unknown>): void },
): string {
  if (timezone === undefined || isTimezone(timezone)) return timezone ?? own;
  log("warn", "zone_unknown", {
    account: name,
    timezone,
    used: own,
  });
  return own;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day (YYYY-MM-DD) of an instant (milliseconds since 1970 UTC) where the clock shows `timezone`. */
export function dayOf(instant: number, timezone: string): string {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", { timeZone: timezone, year: "numeric", month: "numeric", day: "numeric" });
    formats.set(timezone, format);
  }
  // Put together here: how a locale writes a date is language data, which differs between runtimes, and has no zeros before a year.
  const parts = format.formatToParts(instant);
  const digits = (type: "year" | "month" | "day", length: number) =>
    (parts.find((part) => part.type === type)?.value ?? "").padStart(length, "0");
  return `${digits("year", 4)}-${digits("month", 2)}-${digits("day", 2)}`;
}

/** The day that lies `count` calendar days later, or earlier where negative. Calendar days have no length in hours. */
export function addDays(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  // Not `Date.UTC`, to which the year 26 is 1926.
  return new Date(new Date(0).setUTCFullYear(year, month - 1, date + count)).toISOString().slice(0, 10);
}

/** All days from `from` to `to`, both included, oldest first; none where `from` is later. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

const wallFormats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in `timezone` shows at an instant, as milliseconds since 1970 of a clock that shows the same in UTC. */
function wallOf(instant: number, timezone: string): number {
  let format = wallFormats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn-hc-h23", {
      timeZone: timezone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    wallFormats.set(timezone, format);
  }
  const parts = format.formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second"));
}

/**
 * The instant (milliseconds since 1970 UTC) at which a clock in `timezone` shows `time` (HH:MM) on a calendar day (YYYY-MM-DD). Where
 * that comes twice, the first; where summer time leaves it out, as much later as it skips: 02:30 is 03:30.
 */
export function instantOf(day: string, time: string, timezone: string): number {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const dayMs = 24 * 3_600_000;
  // What the clock differs from UTC by before any change of that day, and after it.
  const [before, after] = [wall - dayMs, wall + dayMs].map((near) => wallOf(near, timezone) - near) as [number, number];
  const shown = [wall - before, wall - after].filter((instant) => wallOf(instant, timezone) === wall);
  return shown.length > 0 ? Math.min(...shown) : wall - before;
}

/** What a clock in `timezone` shows at an instant, as HH:MM. */
export const timeOf = (instant: number, timezone: string): string => new Date(wallOf(instant, timezone)).toISOString().slice(11, 16);

/** The next instant after `now` at which a clock in `timezone` shows `time` (HH:MM). */
export function nextTime(time: string, timezone: string, now: number): number {
  const today = dayOf(now, timezone);
  const at = instantOf(today, time, timezone);
  return at > now ? at : instantOf(addDays(today, 1), time, timezone);
}
