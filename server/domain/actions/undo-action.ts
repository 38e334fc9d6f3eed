import { eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
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
  const who = sql`select tenant_id from ${actions} where ${inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "undoing"))}`;
  const isDone = sql`exists (select 1 from ${actions} where ${done})`;
  const [undoing] = await commitDue(ctx, { queue: "actions", who }, isDone, "action.undone", { action: id }, [
    ctx.db.update(actions).set({ status: "undoing", availableAt: ctx.now(), attempt: 0 }).where(done).returning({ id: actions.id }),
  ]);
  if (!wrote(undoing)) throw conflict("action_decided");
}
