import { and, asc, desc, eq, gt, isNull } from "drizzle-orm";
import { actions, policies } from "#db/schema/index.ts";
import type { ActionReason } from "#db/words/actions.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { ActionMessage } from "#server/messages.ts";
import { approve } from "./approve-action.ts";
import type { ActionRow } from "./rows.ts";

/** More than any day's budget lets through in one go; the rest waits for the next run. */
const pageSize = 200;

/**
 * Approves what an automation that may act by itself has proposed, the surest first, within every budget. What is over one waits for a
 * person, with the reason.
 */
export async function decideByPolicy(ctx: Ctx, message: Extract<ActionMessage, { type: "action.decide" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant({ ...ctx, actor: { type: "system", job: message.automation } }, tenant, "system");
  const [[policy], waiting] = await inside.db.batch([
    inside.db
      .select()
      .from(policies)
      .where(inTenant(inside, policies, eq(policies.automation, message.automation))),
    inside.db
      .select()
      .from(actions)
      .where(
        inTenant(
          inside,
          actions,
          and(
            eq(actions.automation, message.automation),
            eq(actions.status, "waiting"),
            eq(actions.edited, false),
            isNull(actions.reason),
            gt(actions.expiresAt, inside.now()),
          ),
        ),
      )
      .orderBy(desc(actions.score), asc(actions.id))
      .limit(pageSize),
  ]);
  if (policy?.mode !== "auto") return;
  for (const action of waiting) {
    const why = isTooLarge(inside, action, policy.largestStake) ? "stake_too_large" : await decide(inside, action);
    if (why) await leaveToPerson(inside, action, why);
  }
}

/** Money in another currency than the client's is held against no limit of ours: a person decides. */
const isTooLarge = ({ tenant }: TenantCtx, { stake }: ActionRow, largest: number): boolean =>
  stake !== null && (stake.currency !== tenant.currency || stake.minor > largest);

async function decide(ctx: TenantCtx, { id, hash }: ActionRow): Promise<ActionReason | null> {
  const refusal = await approve(ctx, { actionId: id, hash });
  if (refusal === "budget_spent") return "budget_spent";
  return refusal === "contacts_spent" ? "contacts_spent" : null;
}

const leaveToPerson = (ctx: TenantCtx, { id }: ActionRow, reason: ActionReason) =>
  ctx.db
    .update(actions)
    .set({ reason })
    .where(inTenant(ctx, actions, eq(actions.id, id), eq(actions.status, "waiting")));
