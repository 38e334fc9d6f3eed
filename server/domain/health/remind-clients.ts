import { and, asc, eq, inArray, notExists, sql } from "drizzle-orm";
import { connections, memberships, notices, tenants } from "#db/schema/index.ts";
import { roles } from "#db/words/tenants.ts";
import { acrossTenants, type Ctx, enterTenant, requireStaff, type Tenant } from "#server/ctx.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { allows } from "#server/domain/tenancy/permissions.ts";
import { remindClient, remindedWithinMs } from "#server/domain/tokens/remind-client.ts";
import { groupBy } from "./group-by.ts";
import type { Remindable, RemindedClients } from "./schemas.ts";

/** So many accounts are counted, and so many clients are reminded by one call. */
const countedAtMost = 500;
const remindedAtOnce = 50;

/** Whom `remindClients` would remind, the client that waits longest first. For staff. */
export async function listRemindable(ctx: Ctx): Promise<Remindable> {
  requireStaff(ctx);
  const { clients, more } = await remindable(ctx);
  return { clients: clients.map(({ tenant: { id, name }, accounts }) => ({ id, name, accounts })), more };
}

/**
 * Reminds all clients of the accounts that wait for them to reconnect them, 50 clients at most, as `remindClient` reminds each: of what
 * they were told within a day nobody hears again. `left` says how many clients are not reminded yet. For staff.
 */
export async function remindClients(ctx: Ctx): Promise<RemindedClients> {
  requireStaff(ctx);
  const { clients } = await remindable(ctx);
  const now = clients.slice(0, remindedAtOnce);
  let reminded = 0;
  for (const { tenant } of now) {
    if ((await remindClient(enterTenant(ctx, tenant, "staff"))).sent > 0) reminded++;
  }
  return { reminded, left: clients.length - now.length };
}

/** Clients whose work goes on, with somebody who can reconnect, and how many of their accounts wait of which nobody was told within a day. */
async function remindable(ctx: Ctx): Promise<{ clients: { tenant: Tenant; accounts: number }[]; more: boolean }> {
  const places = await Promise.all(
    acrossTenants(ctx).map(({ db }) => {
      const told = db
        .select({ one: sql`1` })
        .from(notices)
        .where(
          and(
            eq(notices.tenantId, connections.tenantId),
            eq(notices.subject, connections.id),
            eq(notices.kind, "reconnect"),
            sql`${notices.createdAt} > ${ctx.now() - remindedWithinMs}`,
          ),
        );
      return (
        db
          .select({ tenantId: connections.tenantId })
          .from(connections)
          // Word for word the condition of the index `connections_reconnect`.
          .where(and(sql`status = 'reconnect_needed'`, notExists(told)))
          .orderBy(asc(connections.statusAt))
          .limit(countedAtMost)
      );
    }),
  );
  const waiting = groupBy(places.flat(), ({ tenantId }) => tenantId);
  const able = await ableToReconnect(ctx, [...waiting.keys()]);
  return {
    clients: [...waiting].flatMap(([id, { length: accounts }]) =>
      able.filter((tenant) => tenant.id === id).map((tenant) => ({ tenant, accounts })),
    ),
    more: places.some(({ length }) => length >= countedAtMost),
  };
}

async function ableToReconnect({ directory }: Ctx, ids: readonly string[]): Promise<Tenant[]> {
  if (ids.length === 0) return [];
  const connect = roles.filter((role) => allows(role, "connections:write"));
  const rows = await directory
    .select()
    .from(tenants)
    .where(
      and(
        inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(ids)}))`),
        sql`exists (select 1 from ${memberships} where ${and(eq(memberships.tenantId, tenants.id), inArray(memberships.role, connect))})`,
      ),
    );
  return rows.filter((tenant) => !isStopped(tenant));
}
