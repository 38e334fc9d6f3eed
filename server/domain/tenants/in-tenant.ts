import { and, eq, type SQL } from "drizzle-orm";
import type { TenantOwned } from "#db/columns.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** The WHERE of every query on a tenant-owned table: this tenant's rows, and what else is asked. */
export const inTenant = (ctx: TenantCtx, table: TenantOwned, ...conditions: (SQL | undefined)[]): SQL =>
  and(eq(table.tenantId, ctx.tenant.id), ...conditions) as SQL;
