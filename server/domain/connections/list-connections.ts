import { asc } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { ConnectionRow } from "./rows.ts";

/** All connections of the tenant, whatever their status, the oldest first. */
export const listConnections = async (ctx: TenantCtx): Promise<ConnectionRow[]> => connectionsQuery(ctx);

/** The same as a statement, for a batch. */
export const connectionsQuery = (ctx: TenantCtx) =>
  ctx.db.select().from(connections).where(inTenant(ctx, connections)).orderBy(asc(connections.id));
