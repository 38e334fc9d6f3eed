import { eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { actions, budgets, policies } from "#db/schema/index.ts";
import { dayOf, instantOf } from "#server/catalog/days.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { ReplyLost } from "#server/domain/audit/append.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
import { newId } from "#server/ids.ts";
import { budgetDay } from "./budget-day.ts";
import { deciderOf } from "./decider-of.ts";
import { rateAction } from "./rate-action.ts";
import { type Open, type Refusal, refusalOf, refused } from "./refusal.ts";
import { mayStillApprove, requireDecider } from "./require-decider.ts";
import type { DecideAction } from "./schemas.ts";
import { showSoon } from "./show-soon.ts";

/** So often a week a customer is contacted at most, over all automations together. */
export const contactsAWeek = 2;
const weekMs = 7 * 86_400_000;

/**
 * A person approves what they were shown, by its hash: what has changed since is refused. The decision, what it takes of the budgets, and
 * its audit line are one batch; then the queue is told. In shadow it says that they agree, and nothing more. Throws `not_found`,
 * `forbidden`, and `conflict` with why not.
 */
export async function approveAction(ctx: TenantCtx, decided: DecideAction): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const { status } = await requireDecider(ctx, decided.actionId);
  if (status === "shadowed") return rateAction(ctx, { ...decided, reason: "" }, true);
  const refusal = await approve(ctx, decided);
  if (refusal === "policy_changed") await requireDecider(ctx, decided.actionId);
  if (refusal !== null) throw refused(refusal);
  await showSoon(ctx, decided.actionId);
}

/** The same for whoever may approve: a person, or a policy. Answers why it was not approved; null where it was. */
export async function approve(ctx: TenantCtx, { actionId: id, hash }: DecideAction): Promise<Refusal | null> {
  const now = ctx.now();
  const decision = newId("act", now);
  const open = openTo(ctx, { id, hash, now });
  try {
    const who = sql`select tenant_id from ${actions} where ${inTenant(ctx, actions, eq(actions.id, id), eq(actions.decision, decision))}`;
    const isOpen = sql`exists (select 1 from ${actions} where ${open})`;
    const [approved] = await commitDue(ctx, { queue: "actions", who }, isOpen, "action.approved", { action: id }, [
      ctx.db
        .update(actions)
        .set({ status: "approved", reason: null, decision, decidedBy: deciderOf(ctx), decidedAt: now, availableAt: now })
        .where(open)
        .returning({ id: actions.id }),
      ...takeBudgets(ctx, { id, decision, now }),
    ]);
    if (!wrote(approved)) return await whyNot(ctx, { id, hash, now });
  } catch (error) {
    if (isOverBudget(error)) {
      await noteFull(ctx, id, now);
      return "budget_spent";
    }
    if (!(error instanceof ReplyLost)) throw error;
    if (!(await isDecided(ctx, id, decision))) return await whyNot(ctx, { id, hash, now });
  }
  return null;
}

/** Waiting, as it was shown, in its time, and to a customer who was not contacted too often lately. */
const openTo = (ctx: TenantCtx, { id, hash, now }: Open): SQL =>
  inTenant(
    ctx,
    actions,
    eq(actions.id, id),
    eq(actions.hash, hash),
    eq(actions.status, "waiting"),
    gt(actions.expiresAt, now),
    mayStillApprove(ctx),
    mayContact(ctx, now),
  );

async function whyNot(ctx: TenantCtx, open: Open): Promise<Refusal> {
  const [allowed] = await ctx.db
    .select({ id: actions.id })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, open.id), mayStillApprove(ctx)));
  const refusal = await refusalOf(ctx, open);
  return refusal === "contacts_spent" && !allowed ? "policy_changed" : refusal;
}

/**
 * Counted in the statement that decides: of two that race for a customer's last contact of the week, D1 takes one after the other. A
 * contact is of when it was made, not of when it was approved: what was stopped, or waits for a morning, comes later, and counts until then.
 */
export const mayContact = (ctx: TenantCtx, now: number): SQL =>
  sql`(${actions.touches} <> 'customer' or ${actions.customerId} is null or (
    select count(*) from ${actions} as a where a.tenant_id = ${ctx.tenant.id} and a.customer_id = ${actions.customerId} and a.id <> ${actions.id}
      and a.touches = 'customer' and (a.status in ('approved', 'executing')
        or a.status in ('unsure', 'done') and max(a.decided_at, coalesce(a.finished_at, a.available_at, 0)) > ${now - weekMs})) < ${contactsAWeek})`;

/**
 * What the decision takes of the day's budgets, where it was this one that approved. Its row's CHECK fails the whole batch where more would
 * be used than there is.
 */
function takeBudgets(ctx: TenantCtx, { id, decision, now }: { id: string; decision: string; now: number }): Statement[] {
  const { day, endsAt } = budgetDay(ctx, sql`a.automation`, now);
  const won = sql`from ${actions} a join ${policies} p on p.tenant_id = a.tenant_id and p.automation = a.automation
    where a.tenant_id = ${ctx.tenant.id} and a.id = ${id} and a.decision = ${decision}`;
  const take = (kind: "actions" | "customers" | "stake", used: SQL, most: SQL, more: SQL = sql``) =>
    ctx.db
      .insert(budgets)
      .select(sql`select a.tenant_id, ${day}, a.automation, ${kind}, ${used}, ${most}, null, ${endsAt} ${won} ${more}`)
      .onConflictDoUpdate({
        target: [budgets.tenantId, budgets.day, budgets.automation, budgets.kind],
        set: { used: sql`${budgets.used} + excluded.used`, most: sql`excluded.most` },
      });
  // Of the client's calendar, as the day that is counted: who was decided on last evening is one of today's.
  const dayBegan = instantOf(dayOf(now, ctx.tenant.timezone), "00:00", ctx.tenant.timezone);
  return [
    take("actions", sql`1`, sql`p.actions_a_day`),
    // A customer who was decided on today already is no further one.
    take(
      "customers",
      sql`1`,
      sql`p.people_a_day`,
      sql`and a.customer_id is not null and not exists (
        select 1 from ${actions} b where b.tenant_id = a.tenant_id and b.automation = a.automation and b.customer_id = a.customer_id
          and b.id <> a.id and b.decided_at >= ${dayBegan} and b.status in ('approved', 'executing', 'unsure', 'done'))`,
    ),
    // Money in another currency than the client's is held against no limit of ours, as in \`requireDecider\`: a person has approved it.
    take("stake", sql`a.stake ->> 'minor'`, sql`p.stake_a_day`, sql`and a.stake ->> 'currency' = ${ctx.tenant.currency}`),
  ];
}

/** Keeps which of the day's budgets let this one through no more, and since when. */
async function noteFull(ctx: TenantCtx, id: string, now: number): Promise<void> {
  const isFull = sql`exists (select 1 from ${actions} a join ${policies} p on p.tenant_id = a.tenant_id and p.automation = a.automation
    where a.tenant_id = ${ctx.tenant.id} and a.id = ${id} and a.automation = ${budgets.automation} and case ${budgets.kind}
      when 'actions' then ${budgets.used} >= p.actions_a_day
      when 'customers' then a.customer_id is not null and ${budgets.used} >= p.people_a_day
      else ${budgets.used} + coalesce(a.stake ->> 'minor', 0) > p.stake_a_day end)`;
  const { day } = budgetDay(ctx, sql`(select a.automation from ${actions} a where a.tenant_id = ${ctx.tenant.id} and a.id = ${id})`, now);
  await ctx.db
    .update(budgets)
    .set({ fullAt: now })
    .where(inTenant(ctx, budgets, eq(budgets.day, day), isNull(budgets.fullAt), isFull));
}

async function isDecided(ctx: TenantCtx, id: string, decision: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ id: actions.id })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, id), eq(actions.decision, decision)));
  return row !== undefined;
}

/** D1 says it in words alone. */
function isOverBudget(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.message.includes("within_budget")) return true;
  return false;
}
