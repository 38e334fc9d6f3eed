import { lt, sql } from "drizzle-orm";
import { occurrences } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

/** No automation is handed what it has not heard of for so long. */
const keptMs = 14 * 86_400_000;
/** Of one tick and D1. */
const rowsATick = 5_000;

/** Deletes what happened more than two weeks ago. Answers how much went. */
export async function forgetOccurrences(ctx: Ctx): Promise<number> {
  let gone = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const { meta } = await db
      .delete(occurrences)
      .where(
        sql`seq in (select seq from ${occurrences} where ${lt(occurrences.noticedAt, ctx.now() - keptMs)} order by noticed_at limit ${rowsATick})`,
      );
    gone += meta.changes;
  });
  return gone;
}
