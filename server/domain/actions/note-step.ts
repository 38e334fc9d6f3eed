import { and, eq, type SQL, sql } from "drizzle-orm";
import { actionSteps, actions } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { actionLeaseMs, type Held } from "./acting.ts";
import type { StepRow } from "./rows.ts";

/** Writes a step's state while the lease holds; false where it was lost, and then nothing more may be done. */
export const noteStep = async (ctx: TenantCtx, held: Held, at: Pick<StepRow, "place">, state: StepState): Promise<boolean> =>
  (await noting(ctx, held, at, state)).length > 0;

type StepState = Partial<Pick<StepRow, "status" | "looked" | "receipt">>;

/** The same as a statement, for a batch. */
export const noting = (ctx: TenantCtx, held: Held, { place }: Pick<StepRow, "place">, state: StepState) =>
  ctx.db
    .update(actionSteps)
    .set(state)
    .where(and(stepsOf(ctx, held), eq(actionSteps.place, place), isHeld(ctx, held)))
    .returning({ place: actionSteps.place });

/**
 * Writes a step as begun, and holds its action anew: the step's own try has its whole time. Answers what is to be done as it is now, without whoever was
 * forgotten since it was read; null where the lease was lost.
 */
export async function beginStep(ctx: TenantCtx, held: Held, { place }: Pick<StepRow, "place">): Promise<Pick<StepRow, "payload"> | null> {
  const now = ctx.now();
  const [written] = await ctx.db.batch([
    ctx.db
      .update(actionSteps)
      .set({ status: "begun", begunAt: now })
      .where(and(stepsOf(ctx, held), eq(actionSteps.place, place), isHeld(ctx, held)))
      .returning({ payload: actionSteps.payload }),
    ctx.db
      .update(actions)
      .set({ availableAt: now + actionLeaseMs })
      .where(inTenant(ctx, actions, eq(actions.id, held.action.id), eq(actions.lease, held.lease))),
  ]);
  return written[0] ?? null;
}

/** What has not begun is not done any more. */
export async function voidRest(ctx: TenantCtx, held: Held): Promise<void> {
  await ctx.db
    .update(actionSteps)
    .set({ status: "voided" })
    .where(and(stepsOf(ctx, held), eq(actionSteps.status, "pending"), isHeld(ctx, held)));
}

/** An action's steps as they are now, in their order. */
export const readStepsOf = (ctx: TenantCtx, actionId: string): Promise<StepRow[]> =>
  ctx.db
    .select()
    .from(actionSteps)
    .where(inTenant(ctx, actionSteps, eq(actionSteps.actionId, actionId)))
    .orderBy(actionSteps.place);

const stepsOf = (ctx: TenantCtx, { action }: Held): SQL => inTenant(ctx, actionSteps, eq(actionSteps.actionId, action.id));

const isHeld = (ctx: TenantCtx, { action, lease }: Held): SQL =>
  sql`exists (select 1 from ${actions} a where a.tenant_id = ${ctx.tenant.id} and a.id = ${action.id} and a.lease = ${lease})`;
