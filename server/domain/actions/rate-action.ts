import { eq, isNull, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { deciderOf } from "./decider-of.ts";
import { refusalOf, refused } from "./refusal.ts";
import type { RejectAction } from "./schemas.ts";

/**
 * What a person would have said to what was proposed in shadow: nothing is done by it, and it is known how often they agree. Said once.
 * Whoever calls has asked whether they may decide. Throws as `approveAction` does.
 */
export async function rateAction(ctx: TenantCtx, { actionId: id, hash, reason }: RejectAction, agreed: boolean): Promise<void> {
  const now = ctx.now();
  const open = inTenant(ctx, actions, eq(actions.id, id), eq(actions.hash, hash), eq(actions.status, "shadowed"), isNull(actions.agreed));
  const [rated] = await commitIf(ctx, sql`exists (select 1 from ${actions} where ${open})`, "action.agreed", { action: id, agreed }, [
    ctx.db
      .update(actions)
      .set({ agreed, decidedBy: deciderOf(ctx), decidedAt: now, note: reason || null })
      .where(open)
      .returning({ id: actions.id }),
  ]);
  if (!wrote(rated)) throw refused(await refusalOf(ctx, { id, hash, now }));
}
