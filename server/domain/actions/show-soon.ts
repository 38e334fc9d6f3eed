import { eq, isNotNull } from "drizzle-orm";
import { approvalPosts } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** By then an action that was approved is mostly done, and its post says both at once. */
const soonS = 5;

/** Where an action was posted in the client's own channel, its post soon says how it stands. It throws nothing: the cron finds it too. */
export async function showSoon(ctx: TenantCtx, actionId: string): Promise<void> {
  try {
    const [post] = await ctx.db
      .select({ id: approvalPosts.actionId })
      .from(approvalPosts)
      .where(inTenant(ctx, approvalPosts, eq(approvalPosts.actionId, actionId), isNotNull(approvalPosts.checkAt)));
    if (post) await ctx.send.actions([{ v: 1, type: "action.show", tenant: ctx.tenant.id, action: actionId }], soonS);
  } catch (error) {
    ctx.log.warn("a post says how its action stands when the cron comes by", { action: actionId, error });
  }
}
