import { eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { sendTurns, type Turn } from "#server/domain/turns/send-turns.ts";
import { conflict } from "#server/errors.ts";
import { readStepsOf } from "./note-step.ts";
import { requireDecider } from "./require-decider.ts";

type Kinds = (id: string) => ActionKind | undefined;

/** What was done is to be taken back; the queue does it. Throws `not_found`, `forbidden`, and `conflict` where nothing can be taken back. */
export async function undoAction(ctx: TenantCtx, kinds: Kinds, { actionId: id }: { actionId: string }): Promise<void> {
  requirePermission(ctx, "actions:decide");
  await requireDecider(ctx, id);
  const steps = await readStepsOf(ctx, id);
  if (steps.some(({ kind }) => !kinds(kind)?.undo)) throw conflict("action_lasting");
  const done = inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "done"));
  const now = ctx.now();
  const [undoing, given] = await commitIf(ctx, sql`exists (select 1 from ${actions} where ${done})`, "action.undone", { action: id }, [
    ctx.db.update(actions).set({ status: "undoing", availableAt: now, attempt: 0 }).where(done).returning({ id: actions.id }),
    givingTurns(ctx.db, "actions", {
      who: sql`select tenant_id from ${actions} where ${inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "undoing"))}`,
      now,
    }),
  ]);
  if (!wrote(undoing)) throw conflict("action_decided");
  await sendTurns(ctx, "actions", given as Turn[]);
}
