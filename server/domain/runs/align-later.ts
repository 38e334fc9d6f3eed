import { and, eq, ne, or, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";

/**
 * After schedules were written from a client as it was some seconds ago, such as before a provider was waited for: where its status,
 * plan, features or end are others by now, the next tick writes them anew (see alignSchedules). Whoever changed them wrote right
 * ones, and these stand over them.
 */
export async function alignLater({ directory, tenant }: TenantCtx): Promise<void> {
  const { id, status, plan, features, endsAt } = tenant;
  const isOther = or(
    ne(tenants.status, status),
    ne(tenants.plan, plan),
    ne(tenants.features, features),
    sql`${tenants.endsAt} is not ${endsAt}`,
  );
  await directory
    .update(tenants)
    .set({ catalog: "" })
    .where(and(eq(tenants.id, id), isOther));
}
