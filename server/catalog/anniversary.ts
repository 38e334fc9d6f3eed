import { addDays } from "./days.ts";

/** A field of a customer's as Shopify's admin names it: `facts.birth_date`. */
export const birthField = /^[A-Za-z0-9_-]{2,255}\.[A-Za-z0-9_-]{2,64}$/;

/** The two halves by which it is asked for. */
export function metafieldOf(field: string): { namespace: string; key: string } {
  const [namespace = "", key = ""] = field.split(".");
  return { namespace, key };
}

/** Nobody is younger (GDPR, Article 8: consent of their own begins at 16) or older; forms say 1900 where nobody said anything. */
const years = { least: 16, most: 110 };

/**
 * The day (YYYY-MM-DD) that a shop's field says somebody was born on; null where it says none: no date that there is, one that no customer
 * can have, or one written in another way, of which nobody knows which is the month. `today`: YYYY-MM-DD.
 */
export function birthDateOf(value: string | null | undefined, today: string): string | null {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T.*)?$/.exec(value ?? "")?.[1];
  if (day === undefined || addDays(day, 0) !== day) return null;
  const yearsLater = (count: number) => `${String(Number(day.slice(0, 4)) + count).padStart(4, "0")}${day.slice(4)}`;
  return yearsLater(years.least) <= today && yearsLater(years.most) > today ? day : null;
}

/** The first day from `today` on (both YYYY-MM-DD) on which a day of a year comes again. The 29th of February is the 28th in other years. */
export function nextAnniversary(day: string, today: string): string {
  const year = Number(today.slice(0, 4));
  const thisYear = inYear(day, year);
  return thisYear >= today ? thisYear : inYear(day, year + 1);
}

function inYear(day: string, year: number): string {
  const same = `${String(year).padStart(4, "0")}${day.slice(4)}`;
  return addDays(same, 0) === same ? same : `${same.slice(0, 8)}28`;
}

/** The days of a year (MM-DD) that have an anniversary on one of these days (YYYY-MM-DD). */
export const daysOfYear = (days: readonly string[]): string[] =>
  days.flatMap((day) => [
    day.slice(5),
    ...(day.endsWith("-02-28") && inYear("2000-02-29", Number(day.slice(0, 4))) === day ? ["02-29"] : []),
  ]);
