import { and, asc, inArray, sql } from "drizzle-orm";
import { actions, tenants } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, enterTenant, requireStaff } from "#server/ctx.ts";
import { describeActions } from "./list-actions.ts";
import type { ActionRow } from "./rows.ts";
import type { StoredAction } from "./schemas.ts";

const shown = 100;

export type WaitingAction = StoredAction & { tenantName: string };

/** What waits for a person, of all clients, what ends first at the top: the first hundred. For the agency's admins. */
export async function listWaiting(ctx: Ctx): Promise<WaitingAction[]> {
  requireStaff(ctx);
  const now = ctx.now();
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select()
        .from(actions)
        // Word for word the condition of the index; the plus keeps the one of all states from being taken.
        .where(and(sql`status in ('waiting', 'shadowed') and +status = 'waiting'`, sql`${actions.expiresAt} > ${now}`))
        .orderBy(asc(actions.expiresAt))
        .limit(shown),
    ),
  );
  const rows = found
    .flat()
    .sort((a, b) => a.expiresAt - b.expiresAt)
    .slice(0, shown);
  const clients = await clientsOf(ctx, rows);
  const described = await Promise.all(
    clients.map(async (tenant) => {
      const own = await describeActions(
        enterTenant(ctx, tenant, "staff"),
        rows.filter(({ tenantId }) => tenantId === tenant.id),
      );
      return own.map((action) => ({ ...action, tenantName: tenant.name }));
    }),
  );
  return described.flat().sort((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1));
}

const clientsOf = (ctx: Ctx, rows: readonly ActionRow[]) =>
  ctx.directory
    .select()
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify([...new Set(rows.map(({ tenantId }) => tenantId))])}))`));
