import { asc } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { PlannedConnection } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isCooling } from "./cool-down.ts";

/** When each of this tenant's connections is renewed next, and how that goes. */
export async function listPlans(ctx: TenantCtx): Promise<PlannedConnection[]> {
  const now = ctx.now();
  const rows = await ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections))
    .orderBy(asc(connections.provider), asc(connections.id));
  return rows.map((row) => ({
    connection: row.id,
    provider: row.provider,
    providerName: providerName(row.provider),
    name: row.name,
    status: row.status,
    accessExpiresAt: row.status === "active" ? row.accessExpiresAt : null,
    renewAt: row.status === "active" ? row.renewAt : null,
    lastRefreshAt: row.lastRefreshAt,
    failures: row.renewFailures,
    cooling: isCooling(row, now),
    cliffAt: row.status === "active" ? row.cliffAt : null,
  }));
}
