import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { actionSteps, actions } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
import { mayContact } from "./approve-action.ts";
import { readStepsOf } from "./note-step.ts";
import { type Refusal, refused } from "./refusal.ts";
import { requireDecider } from "./require-decider.ts";
import type { SettleAction } from "./schemas.ts";

/**
 * A person says of an action whose end no provider could tell whether the step of which they were asked was done. What was not done, and
 * what comes after it, is done now: it stays approved, as long as its customer was not contacted too often meanwhile. Throws `not_found`,
 * `forbidden`, and `conflict` where there is nothing to say of it, or of another step.
 */
export async function settleAction(ctx: TenantCtx, { actionId: id, place, done }: SettleAction): Promise<void> {
  requirePermission(ctx, "actions:decide");
  await requireDecider(ctx, id);
  const now = ctx.now();
  const steps = await readStepsOf(ctx, id);
  const open = steps.filter(({ status }) => status !== "done");
  const isLeft = !done || open.length > 1;
  const unclear = inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "unsure"), isNull(actions.availableAt));
  const asked = inTenant(
    ctx,
    actionSteps,
    and(eq(actionSteps.actionId, id), eq(actionSteps.place, place), inArray(actionSteps.status, ["begun", "pending"])),
  );
  const fits = and(unclear, sql`exists (select 1 from ${actionSteps} where ${asked})`, isLeft ? mayContact(ctx, now) : undefined);
  const isOpen = sql`${open[0]?.place === place} and exists (select 1 from ${actions} where ${fits})`;
  const who = sql`select tenant_id from ${actions} where ${inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "approved"))}`;
  const [, settled] = await commitDue(ctx, { queue: "actions", who }, isOpen, "action.settled", { action: id, done }, [
    ctx.db
      .update(actionSteps)
      .set({ status: done ? "done" : "pending", looked: null })
      .where(and(asked, isOpen)),
    ctx.db
      .update(actions)
      .set({
        ...{ failureKind: null, failureMessage: null, attempt: 0 },
        ...(isLeft ? { status: "approved" as const, availableAt: now } : { status: "done" as const, finishedAt: now }),
      })
      // Where the statement before it wrote nothing, this one does not either.
      .where(and(unclear, sql`changes() > 0`))
      .returning({ id: actions.id }),
  ]);
  if (!wrote(settled)) throw refused(await whyNot(ctx, { unclear, place }));
}

async function whyNot(ctx: TenantCtx, { unclear, place }: { unclear: SQL; place: number }): Promise<Refusal> {
  const [row] = await ctx.db.select({ id: actions.id }).from(actions).where(unclear);
  if (!row) return "action_decided";
  const open = (await readStepsOf(ctx, row.id)).find(({ status }) => status !== "done");
  return open?.place === place ? "contacts_spent" : "action_changed";
}
