import type { Places } from "./places.ts";

/** Where a batch is less than full, whose turn it is has so many more beside it. */
const mostBeside = 2;
/** How long a turn takes on more, in milliseconds: also among many, or what is quick would wait for messages longer than it takes. */
const [roomMs, fullMs] = [2_000, 1_000];

/** A client's turn, `beside` so many others of its own. */
export interface TurnWork<Piece> {
  places: Places;
  beside: number;
  /** Takes so many pieces of what is due. Fewer than asked for: no more is due. */
  claim(most: number): Promise<readonly Piece[]>;
  /** Does a piece, and does not reject. */
  work(piece: Piece): Promise<void>;
  /** Ends the turn: at its end, and before it where another is to stand beside it, which has so many others. */
  end(beside?: number): Promise<void>;
  now(): number;
}

/**
 * Works off a client's turn: its share of its batch's places side by side, and of the others what is free. As pieces end more are claimed, half of
 * its places at least in one statement, for as long as a turn goes on; a place that it has no piece for is given back.
 */
export async function workTurn<Piece>({ places, beside, claim, work, end, now }: TurnWork<Piece>): Promise<void> {
  const until = now() + (places.hasRoom ? roomMs : fullMs);
  const running = new Set<Promise<void>>();
  let own = places.share;
  let isAlone = places.hasRoom && beside < mostBeside;
  try {
    for (let isMore = true; isMore || running.size > 0; ) {
      if (isMore) {
        own += places.take();
        const idle = own - running.size;
        if (2 * idle >= own) {
          const claimed = await claim(idle);
          isMore = claimed.length === idle;
          for (const piece of claimed) {
            const working = work(piece).finally(() => running.delete(working));
            running.add(working);
          }
          if (isMore && isAlone) {
            isAlone = false;
            await end(beside + 1);
          }
        }
      }
      if (!isMore) {
        places.give(own - running.size);
        own = running.size;
      }
      if (running.size > 0) await Promise.race(running);
      isMore &&= now() < until;
    }
  } finally {
    await Promise.all(running);
    places.give(own);
  }
  await end();
}
