import type { ProviderFailureKind } from "#server/errors.ts";
import type { RunLines } from "./job.ts";
import { openPlaces } from "./places.ts";

/** What a job logs of it: among the lines of each that reads so. */
export const changedLines = {
  page_unknown: {
    en: "The shop lost our place in the list, so we continue by date.",
    fr: "La boutique a perdu notre place dans la liste : nous continuons par date.",
    he: "המקום ברשימה אבד אצל החנות, ולכן ממשיכים לפי תאריך.",
  },
} satisfies RunLines;

/** Where a reading of what changed has come, to be kept in a cursor. Instants. */
export interface ReadTo {
  /** What changed from here on is read; 0: all. */
  since: number;
  /** The provider's own place in the list; null at its beginning. */
  after: string | null;
  /** The latest change seen: where the next reading begins. */
  newest: number;
  /** When the provider last no longer knew a place. */
  anewAt: number | null;
}

interface Reader<T> {
  now: number;
  /** A step ends after so many. */
  pages: number;
  read(place: Pick<ReadTo, "since" | "after">): Promise<{ items: readonly T[]; next: string | null }>;
  /** The provider forgot our place, and the list is opened anew by date. */
  lost(): void;
}

/** A provider's search lags behind its writes; what changed shortly before the newest that was seen is read again. */
export const overlapMs = 10 * 60_000;

/** Where the next reading begins. */
export const sinceNewest = (newest: number): number => Math.max(0, newest - overlapMs);

/**
 * Some pages of a list by date of change, the least recently changed first. `more`: the step ends before the list does. An item that
 * changes while the pages are read moves to their end and is met twice.
 */
export async function readChanged<T extends { updatedAt: string }>(
  from: ReadTo,
  { now, pages, read, lost }: Reader<T>,
): Promise<{ items: T[]; more: boolean; to: ReadTo; despite: readonly ProviderFailureKind[] }> {
  const items: T[] = [];
  let { after } = from;
  // What is stamped ahead must not hide what changes before its time comes.
  let since = Math.min(from.since, Math.max(0, now - overlapMs));
  let newest = Math.min(from.newest, now);
  let more = true;
  const places = openPlaces({ anewAt: from.anewAt, now });
  for (let page = 0; more && page < pages; page++) {
    const place = { since, after };
    let found = await places.from(after, () => read(place));
    if (found === null) {
      // All before `newest` was read, so the list is opened anew there.
      lost();
      since = Math.max(1, newest - overlapMs);
      found = await read({ since, after: null });
    }
    for (const item of found.items) newest = Math.max(newest, Math.min(Date.parse(item.updatedAt), now));
    items.push(...found.items);
    after = found.next;
    more = found.next !== null;
  }
  return { items, more, to: { since, after, newest, anewAt: places.anewAt }, despite: places.despite };
}
