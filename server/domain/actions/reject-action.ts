import { eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { deciderOf } from "./decider-of.ts";
import { rateAction } from "./rate-action.ts";
import { refusalOf, refused } from "./refusal.ts";
import { requireDecider } from "./require-decider.ts";
import type { RejectAction } from "./schemas.ts";
import { showSoon } from "./show-soon.ts";

/** A person says no, and why; in shadow that they would not have done it. Throws as `approveAction` does. */
export async function rejectAction(ctx: TenantCtx, { actionId: id, hash, reason }: RejectAction): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const { status } = await requireDecider(ctx, id);
  if (status === "shadowed") return rateAction(ctx, { actionId: id, hash, reason }, false);
  const now = ctx.now();
  const open = inTenant(ctx, actions, eq(actions.id, id), eq(actions.hash, hash), eq(actions.status, "waiting"));
  const [rejected] = await commitIf(ctx, sql`exists (select 1 from ${actions} where ${open})`, "action.rejected", { action: id }, [
    ctx.db
      .update(actions)
      .set({ status: "rejected", decidedBy: deciderOf(ctx), decidedAt: now, finishedAt: now, note: reason || null })
      .where(open)
      .returning({ id: actions.id }),
  ]);
  if (wrote(rejected)) return showSoon(ctx, id);
  throw refused(await refusalOf(ctx, { id, hash, now }));
}
