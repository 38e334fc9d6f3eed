import type { TurnQueue } from "#db/words/turns.ts";
import type { Ctx } from "#server/ctx.ts";

/** A client's turn that is to come. */
export interface Turn {
  tenantId: string;
  number: number;
  /** When; null: never. */
  at: number | null;
}

/** Puts clients in a queue, each for when its turn is, `beside` so many that are under way. What cannot be sent is a line in our log, and is sent by the sweep. */
export async function sendTurns(ctx: Ctx, queue: TurnQueue, turns: readonly Turn[], beside = 0): Promise<void> {
  const now = ctx.now();
  const byDelay = new Map<number, Turn[]>();
  for (const turn of turns) {
    if (turn.at === null) continue;
    const delayS = Math.max(0, Math.ceil((turn.at - now) / 1000));
    byDelay.set(delayS, [...(byDelay.get(delayS) ?? []), turn]);
  }
  for (const [delayS, same] of byDelay) {
    try {
      await ctx.send[queue](
        same.map(({ tenantId, number }) => ({ v: 1, type: "turn", tenant: tenantId, turn: number, ...(beside > 0 && { beside }) })),
        delayS,
      );
    } catch (error) {
      ctx.log.warn("turns were not sent; the sweep will", { queue, turns: same.length, error });
    }
  }
}
