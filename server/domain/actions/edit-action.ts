import { and, eq, gt, sql } from "drizzle-orm";
import { actionSteps, actions } from "#db/schema/index.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { forbidden, notFound, refusedInput } from "#server/errors.ts";
import { readStepsOf } from "./note-step.ts";
import { hashOf } from "./prepare-actions.ts";
import { refusalOf, refused } from "./refusal.ts";
import { requireDecider } from "./require-decider.ts";
import type { EditAction } from "./schemas.ts";
import { showSoon } from "./show-soon.ts";

type Kinds = (id: string) => ActionKind | undefined;

/**
 * Changes what a waiting action would do. It has another hash from then on and waits as before: who approves approves the new content.
 * Answers that hash. Throws `not_found`, `forbidden`, `invalid` for what does not fit the kind, and `conflict` with why not.
 */
export async function editAction(
  ctx: TenantCtx,
  kinds: Kinds,
  { actionId: id, hash, place, payload }: EditAction,
): Promise<{ hash: string }> {
  requirePermission(ctx, "actions:decide");
  const { touches } = await requireDecider(ctx, id);
  // What is at stake was said of the content as it was proposed.
  if (ctx.role === "member" && touches === "money") throw forbidden("stake_above_yours");
  const now = ctx.now();
  const [[row], steps] = await Promise.all([
    ctx.db
      .select({ subject: actions.subject })
      .from(actions)
      .where(inTenant(ctx, actions, eq(actions.id, id))),
    readStepsOf(ctx, id),
  ]);
  const step = steps.find((each) => each.place === place);
  const kind = step && kinds(step.kind);
  if (!row || !step || !kind) throw notFound("action");
  const parsed = kind.payload.safeParse(payload);
  if (!parsed.success) throw refusedInput(parsed.error.issues[0], "payload");
  const changed = hashOf(
    row.subject,
    steps.map((each) => (each === step ? { ...each, payload: parsed.data } : each)),
  );
  const open = inTenant(
    ctx,
    actions,
    eq(actions.id, id),
    eq(actions.hash, hash),
    eq(actions.status, "waiting"),
    gt(actions.expiresAt, now),
  );
  const isOpen = sql`exists (select 1 from ${actions} where ${open})`;
  const [, edited] = await commitIf(ctx, isOpen, "action.edited", { actionId: id, hash: changed }, [
    ctx.db
      .update(actionSteps)
      .set({ payload: parsed.data })
      .where(inTenant(ctx, actionSteps, and(eq(actionSteps.actionId, id), eq(actionSteps.place, place)), isOpen)),
    ctx.db.update(actions).set({ hash: changed, edited: true }).where(open).returning({ id: actions.id }),
  ]);
  if (!wrote(edited)) throw refused(await refusalOf(ctx, { id, hash, now }));
  await showSoon(ctx, id);
  return { hash: changed };
}
