import { and, eq, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { TenantOwned } from "#db/columns.ts";

/** The WHERE of every query on a tenant-owned table: this tenant's rows, and what else is asked. */
export const inTenant = (
  { tenant }: { tenant: { id: string | Placeholder<"tenant"> } },
  table: TenantOwned,
  ...conditions: (SQL | undefined)[]
): SQL => and(eq(table.tenantId, tenant.id), ...conditions) as SQL;

/** The tenant of a select that is kept (db/kept.ts): whoever asks it says by `tenant` which one. */
export const anyTenant = { tenant: { id: sql.placeholder("tenant") } };
