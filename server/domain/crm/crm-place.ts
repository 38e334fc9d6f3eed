import { sql } from "drizzle-orm";
import { crmRecords } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** Which shop and which CRM the client's records are of: those that were looked at last. Null before there are any. */
export async function crmPlace(ctx: TenantCtx): Promise<{ connectionId: string; accountId: string } | null> {
  const [row] = await ctx.db.all<{ connectionId: string; accountId: string }>(sql`
    select connection_id as connectionId, account_id as accountId from ${crmRecords} where tenant_id = ${ctx.tenant.id}
    group by 1, 2 order by max(seen_at) desc limit 1`);
  return row ?? null;
}
