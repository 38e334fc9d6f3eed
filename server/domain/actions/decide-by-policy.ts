import { and, asc, desc, eq, gt, gte, isNull, type SQL, sql } from "drizzle-orm";
import { actions, budgets, policies } from "#db/schema/index.ts";
import type { ActionReason } from "#db/words/actions.ts";
import { dayOf, instantOf } from "#server/catalog/days.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { ActionMessage } from "#server/messages.ts";
import { approve } from "./approve-action.ts";
import { budgetDay } from "./budget-day.ts";
import { fallBack } from "./fall-back.ts";
import type { ActionRow, PolicyRow } from "./rows.ts";
import { isHalted } from "./stop-acting.ts";
import { tellOf } from "./tell-of.ts";
import { planDigest } from "./tell-waiting.ts";

/** More than any day's budget lets through in one go; the rest waits for the next run. */
const pageSize = 200;

/**
 * Approves what an automation that may act by itself has proposed, the surest first, within every budget. What is over one waits for a
 * person, with the reason, as all does where the policy says so; the client's people are told.
 */
export async function decideByPolicy(ctx: Ctx, message: Extract<ActionMessage, { type: "action.decide" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant({ ...ctx, actor: { type: "system", job: message.automation } }, tenant, "system");
  const [policy] = await inside.db
    .select()
    .from(policies)
    .where(inTenant(inside, policies, eq(policies.automation, message.automation)));
  if (!policy || policy.mode === "off" || policy.mode === "shadow") return;
  // What is stopped decides nothing either: else all that it approved meanwhile, of many days' budgets, were done in the hour of its resuming.
  const acts = policy.mode === "auto" && !(await isHalted(inside, tenant)) && !(await fallBack(inside, policy));
  const full = acts && (await actWithinBudgets(inside, policy));
  await askPeople(inside, policy, full);
}

/** Whether the day's budget is spent, and what is left of today's proposals waits. */
async function actWithinBudgets(ctx: TenantCtx, policy: PolicyRow): Promise<boolean> {
  for (const action of await undecided(ctx, policy)) {
    // Somebody may stop it all while one after the other is approved.
    if (await isHalted(ctx, ctx.tenant)) return false;
    const why = isTooLarge(ctx, action, policy.largestStake) ? "stake_too_large" : await decide(ctx, action);
    if (!why) continue;
    // What is left is for the next run, by the policy as it is then.
    if (why === "policy_changed") return false;
    await leaveToPerson(ctx, why, eq(actions.id, action.id));
    if (why !== "budget_spent" || !(await isDayFull(ctx, policy))) continue;
    // Nothing more fits the day: the rest is not tried one by one.
    await leaveToPerson(ctx, why, and(eq(actions.automation, policy.automation), eq(actions.edited, false), isNull(actions.reason)));
    break;
  }
  return (await isDayFull(ctx, policy)) && (await keepsBack(ctx, policy));
}

/** Whether something of today's is left to a person, also where a worker that died left it. */
async function keepsBack(ctx: TenantCtx, { automation }: PolicyRow): Promise<boolean> {
  const { timezone } = ctx.tenant;
  const [kept] = await ctx.db
    .select({ id: actions.id })
    .from(actions)
    .where(
      inTenant(
        ctx,
        actions,
        and(
          ...[eq(actions.automation, automation), eq(actions.status, "waiting"), eq(actions.reason, "budget_spent")],
          ...[gte(actions.createdAt, instantOf(dayOf(ctx.now(), timezone), "00:00", timezone)), gt(actions.expiresAt, ctx.now())],
        ),
      ),
    )
    .limit(1);
  return kept !== undefined;
}

/** Asks where the client's people chose to be asked; those who are told by a notice and by mail are told once a day, and at once where the day's budget is spent. */
async function askPeople(ctx: TenantCtx, { automation }: PolicyRow, full: boolean): Promise<void> {
  if (!(await planDigest(ctx, automation))) return;
  await ctx.send.actions([{ v: 1, type: "action.ask", tenant: ctx.tenant.id, automation }]);
  if (!full) return;
  await tellOf(ctx, { automation, news: "full", at: ctx.now() });
}

/** What waits and nobody has looked at, the surest first. */
const undecided = (ctx: TenantCtx, { automation }: PolicyRow): Promise<ActionRow[]> =>
  ctx.db
    .select()
    .from(actions)
    .where(
      inTenant(
        ctx,
        actions,
        and(
          eq(actions.automation, automation),
          eq(actions.status, "waiting"),
          eq(actions.edited, false),
          isNull(actions.reason),
          gt(actions.expiresAt, ctx.now()),
        ),
      ),
    )
    .orderBy(desc(actions.score), asc(actions.id))
    .limit(pageSize);

/** Whether as many actions were approved today as may be. */
async function isDayFull(ctx: TenantCtx, { automation, actionsADay }: PolicyRow): Promise<boolean> {
  const { day } = budgetDay(ctx, sql`${automation}`, ctx.now());
  const [used] = await ctx.db
    .select({ used: budgets.used })
    .from(budgets)
    .where(inTenant(ctx, budgets, eq(budgets.automation, automation), eq(budgets.day, day), eq(budgets.kind, "actions")));
  return (used?.used ?? 0) >= actionsADay;
}

/** Money in another currency than the client's is held against no limit of ours: a person decides. */
const isTooLarge = ({ tenant }: TenantCtx, { stake }: ActionRow, largest: number): boolean =>
  stake !== null && (stake.currency !== tenant.currency || stake.minor > largest);

async function decide(ctx: TenantCtx, { id, hash }: ActionRow) {
  const refusal = await approve(ctx, { actionId: id, hash });
  return refusal === "budget_spent" || refusal === "contacts_spent" || refusal === "policy_changed" ? refusal : null;
}

async function leaveToPerson(ctx: TenantCtx, reason: ActionReason, which: SQL | undefined): Promise<void> {
  await ctx.db
    .update(actions)
    .set({ reason })
    .where(inTenant(ctx, actions, eq(actions.status, "waiting"), which));
}
