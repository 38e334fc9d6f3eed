/** What one invocation of a consumer takes on. */
export interface Share {
  /** Pieces of work that it does side by side at most, as far as nobody is left under his floor. */
  atOnce: number;
  /** Of each client at least so many, as far as they are due. */
  floor: number;
}

/**
 * How many pieces of work each client has done in one turn, where so many take theirs in the same batch: an equal part of what the
 * invocation takes on, so that one alone gets all of it, and never less than its floor. A queue hands out batches that are less than full
 * only where nothing else waits, so a small batch is room.
 */
export const shareOf = (turns: number, { atOnce, floor }: Share): number => Math.max(floor, Math.floor(atOnce / Math.max(1, turns)));
