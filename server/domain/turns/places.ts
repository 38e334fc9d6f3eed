import { type Share, shareOf } from "./share-of.ts";

/** The places of one batch for work side by side. */
export interface Places {
  /** How many each turn of the batch has. */
  share: number;
  /** Whether the batch is less than full: then nobody else waits. */
  hasRoom: boolean;
  /** Takes all that nobody has; answers how many. */
  take(): number;
  /** Gives back what is not needed, for whoever of the batch has more to do. */
  give(count: number): void;
}

/** The places of a batch of so many turns. */
export function createPlaces(turns: number, places: Share): Places {
  const share = shareOf(turns, places);
  let free = Math.max(0, places.atOnce - turns * share);
  return {
    share,
    hasRoom: turns < places.atOnce,
    take() {
      const taken = free;
      free = 0;
      return taken;
    },
    give(count) {
      free += count;
    },
  };
}
