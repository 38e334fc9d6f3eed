import { and, eq, inArray, sql } from "drizzle-orm";
import { actionStops, actions, users } from "#db/schema/index.ts";
import { type Ctx, requirePermission, requireStaff, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
import { forbidden } from "#server/errors.ts";

/** The fleet's own scope. */
const fleet = "";

/** Whether somebody of the client's stopped it, and nobody of the agency. */
const byClient = sql`(${actionStops.stoppedBy} <> 'system' and not exists (
  select 1 from ${users} where ${users.id} = ${actionStops.stoppedBy} and ${users.wasStaff} = 1))`;

/**
 * Nothing is done for this client any more, also of what was approved and waits in the queue, until it is resumed. The client's own stop
 * takes the place of the agency's. Throws `forbidden`.
 */
export async function stopActing(ctx: TenantCtx): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const stop = stopOf(ctx, ctx.tenant.id);
  const insert = ctx.directory.insert(actionStops).values(stop);
  await (ctx.role === "staff" ? insert.onConflictDoNothing() : insert.onConflictDoUpdate({ target: actionStops.scope, set: stop }));
  await commit(ctx, "acting.stopped", {}, []);
}

/** What waited is due at once. What the client's own people stopped they alone resume. Throws `forbidden`. */
export async function resumeActing(ctx: TenantCtx): Promise<void> {
  requirePermission(ctx, "settings:write");
  const own = eq(actionStops.scope, ctx.tenant.id);
  await ctx.directory.delete(actionStops).where(ctx.role === "staff" ? and(own, sql`not ${byClient}`) : own);
  if (ctx.role === "staff" && standsStill(await stopsOf(ctx, ctx.tenant.id)).stoppedByClient) throw forbidden("client_stopped");
  const waited = inTenant(ctx, actions, eq(actions.status, "approved"), sql`available_at is not null`);
  await commitDue(ctx, { queue: "actions", who: sql`select tenant_id from ${actions} where ${waited}` }, sql`true`, "acting.resumed", {}, [
    ctx.db.update(actions).set({ availableAt: ctx.now() }).where(waited),
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
    .select({ scope: actionStops.scope, byClient: sql<number>`${byClient}` })
    .from(actionStops)
    .where(inArray(actionStops.scope, [fleet, tenantId]));

/** Whether this client, or the whole fleet, is not to act now. */
export const isHalted = async (ctx: Ctx, tenant: Tenant): Promise<boolean> =>
  isStopped(tenant) || (await stopsOf(ctx, tenant.id)).length > 0;

/** Whether these stops hold a client back, whether its own people did, and whether one of them is the fleet's. */
export const standsStill = (stops: Awaited<ReturnType<typeof stopsOf>>) => ({
  stopped: stops.length > 0,
  stoppedByClient: stops.some(({ scope, byClient }) => scope !== fleet && byClient === 1),
  stoppedForAll: stops.some(({ scope }) => scope === fleet),
});

const stopOf = (ctx: Ctx, scope: string) => ({
  scope,
  stoppedBy: ctx.actor.type === "user" ? ctx.actor.userId : "system",
  stoppedAt: ctx.now(),
});
