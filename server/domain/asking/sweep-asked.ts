import { sql } from "drizzle-orm";
import { actions, approvalPosts } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

const pageSize = 200;

/** `shownOf`, in SQL. */
const shownNow = sql`case when a.status in ('approved', 'executing', 'unsure', 'undoing') then 'approved' else a.status end || ' ' || a.hash`;

/**
 * Tells the queue of posts that say something else than how their action stands, wherever that was decided, and of those of which nobody
 * knows whether they were posted. Answers how many.
 */
export async function sweepAsked(ctx: Ctx): Promise<number> {
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const due = await db
      .select({ tenantId: approvalPosts.tenantId, actionId: approvalPosts.actionId })
      .from(approvalPosts)
      .where(
        sql`check_at is not null and ${approvalPosts.checkAt} <= ${ctx.now()} and (${approvalPosts.message} is null or not exists (
          select 1 from ${actions} a where a.id = ${approvalPosts.actionId} and a.tenant_id = ${approvalPosts.tenantId} and ${shownNow} = ${approvalPosts.shown}))`,
      )
      .limit(pageSize);
    await ctx.send.actions(due.map(({ tenantId, actionId }) => ({ v: 1, type: "action.show", tenant: tenantId, action: actionId })));
    sent += due.length;
  });
  return sent;
}
