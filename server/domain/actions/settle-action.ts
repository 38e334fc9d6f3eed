import { eq, isNull, sql } from "drizzle-orm";
import { actionSteps, actions } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";
import { readStepsOf } from "./note-step.ts";
import { requireDecider } from "./require-decider.ts";
import { actionMessage } from "./rows.ts";
import type { SettleAction } from "./schemas.ts";

/**
 * A person says of an action whose end no provider could tell whether its open step was done. What was not done, and what comes after it, is
 * done now: it stays approved. Throws `not_found`, `forbidden`, and `conflict` where there is nothing to say of it.
 */
export async function settleAction(ctx: TenantCtx, { actionId: id, done }: SettleAction): Promise<void> {
  requirePermission(ctx, "actions:decide");
  await requireDecider(ctx, id);
  const now = ctx.now();
  const steps = await readStepsOf(ctx, id);
  const open = inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "unsure"), isNull(actions.availableAt));
  const isOpen = sql`exists (select 1 from ${actions} where ${open})`;
  const isLeft = steps.some(({ status }) => status === "pending" || (status === "begun" && !done));
  const [, settled] = await commitIf(ctx, isOpen, "action.settled", { action: id, done }, [
    ctx.db
      .update(actionSteps)
      .set({ status: done ? "done" : "pending", looked: null })
      .where(inTenant(ctx, actionSteps, eq(actionSteps.actionId, id), eq(actionSteps.status, "begun"), isOpen)),
    ctx.db
      .update(actions)
      .set({
        ...{ failureKind: null, failureMessage: null, attempt: 0 },
        ...(isLeft ? { status: "approved" as const, availableAt: now } : { status: "done" as const, finishedAt: now }),
      })
      .where(open)
      .returning({ id: actions.id }),
  ]);
  if (!wrote(settled)) throw conflict("action_decided");
  if (isLeft) await ctx.send.actions([actionMessage({ id, tenantId: ctx.tenant.id })]);
}
