import { eq, sql } from "drizzle-orm";
import { databaseAt, openDb } from "#db/client.ts";
import { actionSteps, actions, policies } from "#db/schema/index.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { quietUntil } from "#server/domain/notices/quiet-until.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { type EndedTurn, endTurns } from "#server/domain/turns/end-turns.ts";
import type { Places } from "#server/domain/turns/places.ts";
import type { Share } from "#server/domain/turns/share-of.ts";
import { workTurn } from "#server/domain/turns/work-turn.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { type Acting, type Ending, type Held, maxTries, pauseOf } from "./acting.ts";
import { claimingActions } from "./claiming-actions.ts";
import { doSteps, givenUpAs } from "./do-steps.ts";
import { settle } from "./settle.ts";
import { isHalted } from "./stop-acting.ts";
import { undoSteps } from "./undo-steps.ts";

/** What was stopped is looked at again after this. */
const stoppedMs = 5 * 60_000;

/** What one batch takes on side by side: each asks a provider, and an invocation has six connections. */
export const actionShare: Share = { atOnce: 10, floor: 1 };
/**
 * It is a client's turn: its part of what is due of its actions is taken side by side. An approved one
 * is done, one whose end nobody knows is looked up, a done one that a person wants undone is taken back. To find none is normal: another
 * worker has them, or they are over. What is stopped is read here, so that what is queued stops too.
 */
export async function workActions(ctx: Ctx, acting: Acting, { tenant: id, turn, places, beside = 0 }: ActionTurn): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, id));
  // Of a client that is no more there is nothing to do.
  if (!tenant) return;
  const inside = enterTenant({ ...ctx, actor: { type: "system", job: "actions" } }, tenant, "system");
  const db = openDb(databaseAt(ctx.databases, tenant.place));
  await workTurn({
    ...{ places, beside, now: ctx.now },
    async claim(most) {
      const [claimed, stopped] = await Promise.all([claim(inside, most), isHalted(ctx, tenant)]);
      return claimed.map((held) => ({ held, stopped }));
    },
    work: (piece) => workHeld(inside, acting, piece),
    end: (more) => endTurns(ctx, db, "actions", [{ tenant: id, turn }], more),
  });
}

/** `places`: those of its batch. */
type ActionTurn = EndedTurn & { places: Places; beside?: number | undefined };

async function workHeld(ctx: TenantCtx, acting: Acting, { held, stopped }: { held: Claimed; stopped: boolean }): Promise<void> {
  try {
    await settle(ctx, held, await actOn(ctx, acting, { held, stopped }));
  } catch (error) {
    // How it ended could not be written: it is due again when its lease ends.
    ctx.log.error("an action's end could not be written", { action: held.action.id, error });
  }
}

/** With what its policy says now: whether nothing is to be done (it is off, or in shadow again after this was approved), and until when nobody is contacted (an instant; null: not now). */
type Claimed = Held & { isOff: boolean; quietUntil: number | null };

/** Takes so many of the actions that are due, what people decided first, with their steps and their policies' modes. */
async function claim(ctx: TenantCtx, share: number): Promise<Claimed[]> {
  const now = ctx.now();
  const lease = newId("req", now);
  const held = inTenant(ctx, actions, eq(actions.lease, lease), sql`${actions.status} in ('executing', 'undoing')`);
  const [claimed, steps, modes] = await ctx.db.batch([
    claimingActions(ctx.db, { tenantId: ctx.tenant.id, share, lease, now }),
    ctx.db
      .select()
      .from(actionSteps)
      .where(inTenant(ctx, actionSteps, sql`${actionSteps.actionId} in (select id from ${actions} where ${held})`))
      .orderBy(actionSteps.place),
    ctx.db
      .select({ automation: policies.automation, mode: policies.mode, quietFrom: policies.quietFrom, quietTo: policies.quietTo })
      .from(policies)
      .where(inTenant(ctx, policies, sql`${policies.automation} in (select automation from ${actions} where ${held})`)),
  ]);
  return claimed.map((action) => {
    const policy = modes.find(({ automation }) => automation === action.automation);
    const quiet = policy && action.touches === "customer" ? quietUntil({ now, zone: ctx.tenant.timezone }, policy) : null;
    const own = steps.filter(({ actionId }) => actionId === action.id);
    return { action, steps: own, lease, isOff: !policy || policy.mode === "off" || policy.mode === "shadow", quietUntil: quiet };
  });
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
    const { retryAfterS, unsent } = error instanceof ProviderError ? error : { retryAfterS: undefined, unsent: false };
    // Nothing was asked of the provider: that was no try.
    if (unsent) return { ends: "later", inMs: Math.max((retryAfterS ?? 0) * 1000, pauseOf(1, acting.random)), untried: true };
    if (action.attempt >= maxTries) return lastOf(held, error);
    return { ends: "later", inMs: Math.max((retryAfterS ?? 0) * 1000, pauseOf(action.attempt, acting.random)) };
  }
}
