import { sql } from "drizzle-orm";
import { deletions } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** A message that was sent this long ago and did not end it is taken for lost. */
const lostMs = 20 * 60_000;
/** Clients that are erased at a time. */
const atOnce = 10;

/** Sends those whose time of grace is over to be erased, and again those that nobody works on to an end. Answers how many. */
export async function startDeletions(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  const due = await ctx.directory
    .update(deletions)
    .set({ sentAt: now })
    // The literal conditions are those of its index.
    .where(
      sql`${deletions.id} in (select id from ${deletions} where cancelled_at is null and done_at is null and ${deletions.dueAt} <= ${now}
        and (${deletions.sentAt} is null or ${deletions.sentAt} <= ${now - lostMs})
        and (${deletions.leaseUntil} is null or ${deletions.leaseUntil} <= ${now}) limit ${atOnce})`,
    )
    .returning({ id: deletions.id });
  if (due.length > 0) await ctx.send.tasks(due.map(({ id }) => ({ v: 1, type: "deletion", deletion: id })));
  return due.length;
}
