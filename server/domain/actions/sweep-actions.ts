import { sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

const pageSize = 500;

/** What waits for a person beyond its time is over. Answers how much. */
export async function sweepActions(ctx: Ctx): Promise<number> {
  let expired = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const now = ctx.now();
    const over = await db
      .update(actions)
      .set({ status: "expired", finishedAt: now })
      .where(
        sql`${actions.id} in (select id from ${actions} where status in ('waiting', 'shadowed') and expires_at <= ${now} limit ${pageSize})`,
      )
      .returning({ id: actions.id });
    expired += over.length;
  });
  return expired;
}
