import { asc } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import type { ConnectionRow } from "./rows.ts";

/** All connections of the tenant, whatever their status, the oldest first. */
export function listConnections(ctx: TenantCtx): Promise<ConnectionRow[]> {
  return ctx.db.select().from(connections).where(inTenant(ctx, connections)).orderBy(asc(connections.id));
}
