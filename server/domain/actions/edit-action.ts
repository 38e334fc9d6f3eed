import { and, eq, gt, type SQL, sql } from "drizzle-orm";
import { actionEdits, actionSteps, actions } from "#db/schema/index.ts";
import type { Money } from "#db/words/locales.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, forbidden, invalid, notFound, refusedInput } from "#server/errors.ts";
import { changesOf, differInEdits, partsFromOthers } from "./edit-fields.ts";
import { readStepsOf } from "./note-step.ts";
import { hashOf } from "./prepare-actions.ts";
import { refusalOf, refused } from "./refusal.ts";
import { requireDecider } from "./require-decider.ts";
import type { EditAction } from "./schemas.ts";
import { showSoon } from "./show-soon.ts";

type Kinds = (id: string) => ActionKind | undefined;

/**
 * Changes what a waiting action would do, in what its kind lets a person change, and never whom it is about. It has another hash from
 * then on and waits as before: who approves approves the new content. Answers that hash. Throws `not_found`, `forbidden`, `invalid` for
 * what does not fit the kind or is not to be changed, and `conflict` with why not.
 */
export async function editAction(
  ctx: TenantCtx,
  kinds: Kinds,
  { actionId: id, hash, place, payload }: EditAction,
): Promise<{ hash: string }> {
  requirePermission(ctx, "actions:decide");
  const { stake, status } = await requireDecider(ctx, id);
  if (status === "shadowed") throw conflict("action_in_shadow");
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
  // What is at stake was said of the content as it was proposed; a chain touches the customer first, whatever else it does.
  if (ctx.role === "member" && steps.some((each) => kinds(each.kind)?.touches === "money")) throw forbidden("stake_above_yours");
  const parsed = kind.payload.safeParse(payload);
  if (!parsed.success) throw refusedInput(parsed.error.issues[0], "payload");
  if (!differInEdits(kind, step.payload, parsed.data)) throw invalid("payload", "wrong_value");
  const others = steps.flatMap((each) => (each === step ? [] : [each.payload]));
  if (partsFromOthers(step.payload, parsed.data, others)) throw invalid("payload", "told_elsewhere");
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
  const changes = changesOf(kind, step.payload, parsed.data);
  const [, , edited] = await commitIf(ctx, isOpen, "action.edited", { actionId: id, hash: changed }, [
    ctx.db
      .update(actionSteps)
      .set({ payload: parsed.data })
      .where(inTenant(ctx, actionSteps, and(eq(actionSteps.actionId, id), eq(actionSteps.place, place)), isOpen)),
    editsNoted(ctx, { id, place, kind: kind.id, changes }, isOpen),
    ctx.db
      .update(actions)
      .set({ hash: changed, edited: true, stake: higher(stake, kind.stakeOf?.(parsed.data)) })
      .where(open)
      .returning({ id: actions.id }),
  ]);
  if (!wrote(edited)) throw refused(await refusalOf(ctx, { id, hash, now }));
  await showSoon(ctx, id);
  return { hash: changed };
}

/** Keeps what people changed, from what was proposed on: however often it is edited, a field is one row. */
const editsNoted = (
  ctx: TenantCtx,
  { id, place, kind, changes }: { id: string; place: number; kind: string; changes: ReturnType<typeof changesOf> },
  guard: SQL,
) =>
  ctx.db
    .insert(actionEdits)
    .select(
      sql`select a.tenant_id, a.id, ${place}, e.value ->> 'field', a.automation, ${kind}, a.connection_id, a.customer_id, ${ctx.now()},
        e.value ->> 'was', e.value ->> 'becomes' from ${actions} a cross join json_each(${JSON.stringify(changes)}) e
        where a.tenant_id = ${ctx.tenant.id} and a.id = ${id} and ${guard}`,
    )
    .onConflictDoUpdate({
      target: [actionEdits.tenantId, actionEdits.actionId, actionEdits.place, actionEdits.field],
      set: { at: sql`excluded.at`, becomes: sql`excluded.becomes` },
      setWhere: eq(actionEdits.tenantId, ctx.tenant.id),
    });

/** What an edit puts at stake is counted; what it takes back is not, since what was proposed knew more of the customer. */
const higher = (stake: Money | null, edited: Money | undefined): Money | null =>
  edited && (stake === null || edited.currency !== stake.currency || edited.minor > stake.minor) ? edited : stake;
