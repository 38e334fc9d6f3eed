import { and, eq, type SQL } from "drizzle-orm";
import type { TenantOwned } from "#db/columns.ts";

/** The WHERE of every query on a tenant-owned table: this tenant's rows, and what else is asked. */
export const inTenant = ({ tenant }: { tenant: { id: string } }, table: TenantOwned, ...conditions: (SQL | undefined)[]): SQL =>
  and(eq(table.tenantId, tenant.id), ...conditions) as SQL;
