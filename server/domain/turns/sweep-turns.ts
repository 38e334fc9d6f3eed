import { sql } from "drizzle-orm";
import { turns } from "#db/schema/index.ts";
import { turnQueues } from "#db/words/turns.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { sendTurns } from "./send-turns.ts";

/** A turn that should have begun this long ago is taken for lost. If it is only slow, what is due is claimed in one of the two. */
const lostMs = 60_000;
const pageSize = 500;
const maxPages = 20;

/** Gives turns anew whose message or whose worker was lost. Answers how many. */
export async function sweepTurns(ctx: Ctx): Promise<number> {
  let given = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const now = ctx.now();
    for (let page = 0; page < maxPages; page++) {
      const lost = await db
        .update(turns)
        .set({ number: sql`${turns.number} + 1`, at: now })
        .where(sql`${turns}.rowid in (select rowid from ${turns} where at <= ${now - lostMs} limit ${pageSize})`)
        .returning();
      for (const queue of turnQueues) {
        await sendTurns(
          ctx,
          queue,
          lost.filter((turn) => turn.queue === queue),
        );
      }
      given += lost.length;
      if (lost.length < pageSize) break;
    }
  });
  return given;
}
