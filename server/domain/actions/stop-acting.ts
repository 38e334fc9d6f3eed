import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { actionStops, actions } from "#db/schema/index.ts";
import { type Ctx, requirePermission, requireStaff, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";

/** The fleet's own scope. */
const fleet = "";

/** Nothing is done for this client any more, also of what was approved and waits in the queue, until it is resumed. Throws `forbidden`. */
export async function stopActing(ctx: TenantCtx): Promise<void> {
  requirePermission(ctx, "actions:decide");
  await ctx.directory.insert(actionStops).values(stopOf(ctx, ctx.tenant.id)).onConflictDoNothing();
  await commit(ctx, "acting.stopped", {}, []);
}

/** What waited is due at once. Throws `forbidden`. */
export async function resumeActing(ctx: TenantCtx): Promise<void> {
  requirePermission(ctx, "settings:write");
  await ctx.directory.delete(actionStops).where(eq(actionStops.scope, ctx.tenant.id));
  await commit(ctx, "acting.resumed", {}, [
    ctx.db
      .update(actions)
      .set({ availableAt: ctx.now() })
      .where(inTenant(ctx, actions, and(eq(actions.status, "approved"), isNotNull(actions.availableAt)))),
  ]);
}

/** The same for all clients, by the agency. Throws `forbidden`. */
export async function stopFleet(ctx: Ctx): Promise<void> {
  requireStaff(ctx);
  await commit(ctx, "acting.stopped", { fleet: true }, [
    ctx.directory.insert(actionStops).values(stopOf(ctx, fleet)).onConflictDoNothing(),
  ]);
}

/** What waited is looked at again within minutes. Throws `forbidden`. */
export async function resumeFleet(ctx: Ctx): Promise<void> {
  requireStaff(ctx);
  await commit(ctx, "acting.resumed", { fleet: true }, [ctx.directory.delete(actionStops).where(eq(actionStops.scope, fleet))]);
}

/** Whether nothing is done for anybody now. Throws `forbidden`. */
export async function isFleetStopped(ctx: Ctx): Promise<boolean> {
  requireStaff(ctx);
  return (await stopsOf(ctx, fleet)).length > 0;
}

/** Which stops hold a client back now: its own, or the fleet's. */
export const stopsOf = (ctx: Ctx, tenantId: string) =>
  ctx.directory
    .select({ scope: actionStops.scope })
    .from(actionStops)
    .where(inArray(actionStops.scope, [fleet, tenantId]));

/** Whether this client, or the whole fleet, is not to act now. */
export const isHalted = async (ctx: Ctx, tenant: Tenant): Promise<boolean> =>
  isStopped(tenant) || (await stopsOf(ctx, tenant.id)).length > 0;

/** Whether these stops hold a client back, and whether one of them is the fleet's. */
export const standsStill = (stops: readonly { scope: string }[]) => ({
  stopped: stops.length > 0,
  stoppedForAll: stops.some(({ scope }) => scope === fleet),
});

const stopOf = (ctx: Ctx, scope: string) => ({
  scope,
  stoppedBy: ctx.actor.type === "user" ? ctx.actor.userId : "system",
  stoppedAt: ctx.now(),
});
