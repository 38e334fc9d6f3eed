import { eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Beyond this nobody reads the number, and each page counts anew. */
export const countedAtMost = 100;

/** How many actions wait for a person of this client, a hundred at most. */
export async function countWaiting(ctx: TenantCtx): Promise<number> {
  requirePermission(ctx, "portal:read");
  const rows = await ctx.db
    .select({ one: sql<number>`1` })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.status, "waiting")))
    .limit(countedAtMost);
  return rows.length;
}
