import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { Places } from "#server/catalog/places.ts";
import { klaviyoHeaders, pageSchema } from "./klaviyo-reads.ts";

/** 4,000 profiles a step: some ten seconds of calls, and far below 750 a minute. */
const pagesPerStep = 40;
/** A profile may become visible a little after its own date; younger ones wait for the next count. */
const settleMs = 60_000;
const recountEveryMs = 30 * 86_400_000;
const keptDays = 3;
const firstDays = 90;

/**
 * Klaviyo has no count of an account's profiles, and lists overlap. So all profiles are paged through once, by date of
 * creation, and from then on only the new ones, which is a call an hour. Profiles that are deleted or merged go unseen until
 * the whole is counted again, every 30 days: in between, the figure may be a little high.
 */
export const ProfileCount = z.object({
  /** The account that is counted: another one is counted from its beginning. */
  account: z.string(),
  total: z.number().int(),
  /** Profiles created up to here (an instant) are in `total`; null: none yet. */
  through: z.number().int().nullable(),
  /** While a count is under way: up to which instant it counts, and its next page. */
  until: z.number().int().nullable(),
  next: z.string().nullable(),
  /** When the provider last forgot that page, so that all were counted anew. */
  anewAt: z.number().int().nullable().default(null),
  /** When the last whole count began. */
  wholeAt: z.number().int(),
  /** New profiles by day, complete from `daysFrom` on: 90 days at a whole count, later the last few. */
  daysFrom: z.iso.date(),
  days: z.record(z.string(), z.number().int()),
  /** The day of the oldest profile: before it there was no growth to tell. null: no profile; left out by counts that began without it. */
  oldest: z.iso.date().nullable().default("1970-01-01"),
});
export type ProfileCount = z.infer<typeof ProfileCount>;

const Profiles = pageSchema(z.object({ created: z.iso.datetime({ offset: true }) }));

/**
 * Counts on from `from`. `done` is false while pages are left. Where Klaviyo no longer knows the page to go on with, all profiles are
 * counted from the first one: what the pages before it added to the count cannot be told from what is still missing.
 */
export async function countProfiles(
  account: Account,
  input: { from: ProfileCount | null; now: number; timezone: string; places: Places },
): Promise<{ count: ProfileCount; done: boolean }> {
  const { now, timezone, places } = input;
  const today = dayOf(now, timezone);
  const from = input.from?.account === account.externalId ? input.from : null;
  const count = begin(from, { account: account.externalId, now, today });
  let place = count.next;
  for (let left = pagesPerStep; left > 0; left--) {
    const path: string = place ?? firstPage(count.through);
    const reply = await places.from(place, () => account.json({ path, headers: klaviyoHeaders }, Profiles));
    // Kept before the next call, so that the lost page is asked for no more whatever becomes of this run.
    if (reply === null)
      return { count: { ...begin(null, { account: account.externalId, now, today }), anewAt: places.anewAt }, done: false };
    addPage(count, reply.data, timezone);
    place = reply.links?.next ?? null;
    if (place === null) return { count: { ...count, anewAt: places.anewAt, through: count.until, until: null, next: null }, done: true };
  }
  return { count: { ...count, anewAt: places.anewAt, next: place }, done: false };
}

function addPage(count: ProfileCount, page: z.output<typeof Profiles>["data"], timezone: string): void {
  for (const { attributes } of page) {
    const created = Date.parse(attributes.created);
    if (created > (count.until ?? created) || (count.through !== null && created <= count.through)) continue;
    count.total += 1;
    const day = dayOf(created, timezone);
    if (count.oldest === null || day < count.oldest) count.oldest = day;
    if (day >= count.daysFrom) count.days[day] = (count.days[day] ?? 0) + 1;
  }
}

/** From which day on new profiles are measured: not from before the account had any, which would be days without growth. */
export function measuredFrom({ oldest, daysFrom }: ProfileCount, today: string): string {
  if (oldest === null) return today;
  return oldest > daysFrom ? oldest : daysFrom;
}

/** The days that must still be known when the next count goes on. */
export function forgetOldDays(count: ProfileCount, today: string): ProfileCount {
  const daysFrom = addDays(today, -keptDays);
  return { ...count, daysFrom, days: Object.fromEntries(Object.entries(count.days).filter(([day]) => day >= daysFrom)) };
}

function begin(from: ProfileCount | null, { account, now, today }: { account: string; now: number; today: string }): ProfileCount {
  if (from?.until) return { ...from, days: { ...from.days } };
  const until = now - settleMs;
  if (!from || now - from.wholeAt >= recountEveryMs) {
    const daysFrom = addDays(today, 1 - firstDays);
    return { account, total: 0, through: null, until, next: null, anewAt: null, wholeAt: now, daysFrom, days: {}, oldest: null };
  }
  return { ...from, until, days: { ...from.days } };
}

function firstPage(through: number | null): string {
  const query = new URLSearchParams({ "fields[profile]": "created", "page[size]": "100", sort: "created" });
  if (through !== null) query.set("filter", `greater-than(created,${new Date(through).toISOString()})`);
  return `/api/profiles?${query}`;
}
