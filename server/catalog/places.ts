import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";

/** A list is opened anew once in this time, and so once a run: a run may take as long. What is refused again sooner fails that run. */
const onceInMs = 10 * 60_000;

/** How one step, or one listing, reads from places in lists that a provider named: cursors, addresses of next pages, ids. */
export interface Places {
  /**
   * What `read` reads from `place`; null where the provider refuses a place of its own, which it may forget at any time: the reader
   * drops it and begins anew without one. A place that is refused again soon afterwards fails as any call does, so that
   * nothing goes round in a circle; so does what is refused without a place (null).
   */
  from<T>(place: string | null, read: () => Promise<T>): Promise<T | null>;
  /** When a list was last begun anew (an instant), to be kept beside the place in the cursor; null: never. */
  readonly anewAt: number | null;
  /** The failures that a step did without by it. */
  readonly despite: readonly ProviderFailureKind[];
}

/** `anewAt` is what an earlier step of the same job kept. Without a memory a list is begun anew once. */
export function openPlaces({ anewAt, now }: { anewAt: number | null; now: number } = { anewAt: null, now: 0 }): Places {
  let last = anewAt;
  const despite: ProviderFailureKind[] = [];
  return {
    async from(place, read) {
      try {
        return await read();
      } catch (error) {
        const lost = error instanceof ProviderError && error.kind === "rejected" && place !== null;
        if (!lost || (last !== null && now - last < onceInMs)) throw error;
        last = now;
        despite.push(error.kind);
        return null;
      }
    },
    get anewAt() {
      return last;
    },
    despite,
  };
}

interface Page<T> {
  items: readonly T[];
  /** The place of the next page, where there is one. */
  next: string | null | undefined;
}

/**
 * All items of a list, page after page, at most `most` pages; `complete` is false where there were more. `read` is given the place
 * that the page before named. Begins anew, once, where the provider refuses a place.
 */
export async function readPages<T>(
  read: (place: string | null) => Promise<Page<T>>,
  { most = Number.POSITIVE_INFINITY, places = openPlaces() }: { most?: number; places?: Places } = {},
): Promise<{ items: T[]; complete: boolean }> {
  let items: T[] = [];
  let place: string | null = null;
  for (let page = 0; page < most; page++) {
    const from: string | null = place;
    const found: Page<T> | null = await places.from(from, () => read(from));
    if (found === null) {
      items = [];
      place = null;
      page = -1;
      continue;
    }
    items.push(...found.items);
    if (!found.next) return { items, complete: true };
    place = found.next;
  }
  return { items, complete: false };
}
