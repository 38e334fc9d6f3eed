import { eq, sql } from "drizzle-orm";
import { actionSteps, actions, policies } from "#db/schema/index.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { quietUntil } from "#server/domain/notices/quiet-until.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import type { ActionMessage } from "#server/messages.ts";
import { type Acting, actionLeaseMs, type Ending, type Held, maxTries, pauseOf } from "./acting.ts";
import { doSteps, givenUpAs } from "./do-steps.ts";
import { actionMessage } from "./rows.ts";
import { settle } from "./settle.ts";
import { isHalted } from "./stop-acting.ts";
import { undoSteps } from "./undo-steps.ts";

/** What was stopped is looked at again after this. */
const stoppedMs = 5 * 60_000;

/**
 * Works off what one message says: does an approved action, looks up one whose end nobody knows, or takes a done one back. Not to get it is
 * normal: another worker has it, or it is over. What is stopped is read here, so that what is queued stops too.
 */
export async function workAction(ctx: Ctx, acting: Acting, message: Extract<ActionMessage, { type: "action" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  // Of a client that is no more there is nothing to do.
  if (!tenant) return;
  const inside = enterTenant({ ...ctx, actor: { type: "system", job: "actions" } }, tenant, "system");
  const [held, stopped] = await Promise.all([claim(inside, message.action), isHalted(ctx, tenant)]);
  if (!held) return;
  const ending = await actOn(inside, acting, { held, stopped });
  const again = await settle(inside, held, ending);
  if (again !== null) await ctx.send.actions([actionMessage(held.action)], Math.ceil(again / 1000));
}

/** With what its policy says now: whether nothing is to be done (it is off, or in shadow again after this was approved), and until when nobody is contacted (an instant; null: not now). */
type Claimed = Held & { isOff: boolean; quietUntil: number | null };

/** Takes the action, if it may be taken now, with its steps, and its policy's mode. */
async function claim(ctx: TenantCtx, id: string): Promise<Claimed | null> {
  const now = ctx.now();
  const lease = newId("req", now);
  const [[action], steps, [policy]] = await ctx.db.batch([
    ctx.db
      .update(actions)
      .set({
        status: sql`case ${actions.status} when 'undoing' then 'undoing' else 'executing' end`,
        lease,
        attempt: sql`${actions.attempt} + 1`,
        availableAt: now + actionLeaseMs,
      })
      .where(
        inTenant(
          ctx,
          actions,
          eq(actions.id, id),
          sql`+${actions.status} in ('approved', 'executing', 'unsure', 'undoing') and +${actions.availableAt} <= ${now}`,
        ),
      )
      .returning(),
    ctx.db
      .select()
      .from(actionSteps)
      .where(inTenant(ctx, actionSteps, eq(actionSteps.actionId, id)))
      .orderBy(actionSteps.place),
    ctx.db
      .select({ mode: policies.mode, quietFrom: policies.quietFrom, quietTo: policies.quietTo })
      .from(policies)
      .where(
        inTenant(
          ctx,
          policies,
          sql`${policies.automation} = (select a.automation from ${actions} a where a.tenant_id = ${ctx.tenant.id} and a.id = ${id})`,
        ),
      ),
  ]);
  if (!action) return null;
  const quiet = policy && action.touches === "customer" ? quietUntil({ now, zone: ctx.tenant.timezone }, policy) : null;
  return { action, steps, lease, isOff: !policy || policy.mode === "off" || policy.mode === "shadow", quietUntil: quiet };
}

/** After the last try that failed by our own fault or by a read: what was given up or is to be taken back is as it was, of the rest a person has to say. */
function lastOf({ action, steps }: Held, error: unknown): Ending {
  const { kind, message } = error instanceof ProviderError ? error : { kind: "unavailable", message: "it could not be tried" };
  if (action.status === "undoing") return { ends: "kept", failure: { kind, message } };
  return steps.some(({ status }) => status === "failed" || status === "voided") ? givenUpAs(action) : { ends: "unsure" };
}

async function actOn(ctx: TenantCtx, acting: Acting, { held, stopped }: { held: Claimed; stopped: boolean }): Promise<Ending> {
  const { action, steps } = held;
  const halted = stopped || held.isOff;
  const haltedMs = halted ? stoppedMs : held.quietUntil === null ? null : held.quietUntil - ctx.now();
  if (action.status !== "undoing") {
    // Also where all is stopped: it will never be done, and is asked about no more.
    if (action.expiresAt <= ctx.now() && steps.every(({ status }) => status === "pending")) return { ends: "expired" };
    if (haltedMs !== null && !steps.some(({ status }) => status === "begun")) return { ends: "later", inMs: haltedMs, untried: true };
  }
  try {
    return await (action.status === "undoing" ? undoSteps(ctx, acting, held) : doSteps(ctx, acting, { held, haltedMs }));
  } catch (error) {
    if (!(error instanceof ProviderError)) ctx.log.error("an action failed by our own fault", { action: action.id, error });
    if (action.attempt >= maxTries) return lastOf(held, error);
    const retryAfterS = error instanceof ProviderError ? error.retryAfterS : undefined;
    return { ends: "later", inMs: Math.max((retryAfterS ?? 0) * 1000, pauseOf(action.attempt, acting.random)) };
  }
}
