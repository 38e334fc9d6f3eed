import { and, count, eq, gt, lt, or } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { Stored } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** How many of an automation's proposals under a key, and under what stands behind a colon after it, are done. */
export async function countDone(ctx: TenantCtx, { automation, key }: Parameters<Stored["doneUnder"]>[0]): Promise<number> {
  // A semicolon comes right behind a colon.
  const under = or(eq(actions.dedupe, key), and(gt(actions.dedupe, `${key}:`), lt(actions.dedupe, `${key};`)));
  const [row] = await ctx.db
    .select({ many: count() })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.automation, automation), under, eq(actions.status, "done")));
  return row?.many ?? 0;
}
