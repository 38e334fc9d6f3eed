import { sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { actionMessage } from "./rows.ts";

/** A message that was sent this long ago and not worked off is taken for lost; if it was only slow, claiming sorts it out. */
const graceMs = 60_000;
const pageSize = 500;

/**
 * Repairs what a queue or a worker lost: actions that are due are sent again, also those whose worker let its lease end. What waits for a
 * person beyond its time is over. Answers counts.
 */
export async function sweepActions(ctx: Ctx): Promise<{ resent: number; expired: number }> {
  const sums = { resent: 0, expired: 0 };
  await inEachPlace(ctx, async ({ db }) => {
    const now = ctx.now();
    const due = await db
      .select({ id: actions.id, tenantId: actions.tenantId })
      .from(actions)
      .where(sql`available_at is not null and ${actions.availableAt} <= ${now - graceMs}`)
      .limit(pageSize);
    await ctx.send.actions(due.map(actionMessage));
    sums.resent += due.length;
    const over = await db
      .update(actions)
      .set({ status: "expired", finishedAt: now })
      .where(
        sql`${actions.id} in (select id from ${actions} where status in ('waiting', 'shadowed') and expires_at <= ${now} limit ${pageSize})`,
      )
      .returning({ id: actions.id });
    sums.expired += over.length;
  });
  return sums;
}
