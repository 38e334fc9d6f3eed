import { and, desc, eq, lt } from "drizzle-orm";
import { renewals } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { ListRenewals, RenewalPage } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** What was tried to renew this tenant's tokens, or one connection's, the newest first. */
export async function listRenewals(ctx: TenantCtx, { connectionId, cursor, limit }: ListRenewals): Promise<RenewalPage> {
  const rows = await ctx.db
    .select({
      id: renewals.id,
      connection: renewals.connectionId,
      provider: renewals.provider,
      at: renewals.at,
      tookMs: renewals.tookMs,
      trigger: renewals.trigger,
      outcome: renewals.outcome,
      message: renewals.message,
    })
    .from(renewals)
    .where(
      inTenant(
        ctx,
        renewals,
        and(connectionId === undefined ? undefined : eq(renewals.connectionId, connectionId), cursor ? lt(renewals.id, cursor) : undefined),
      ),
    )
    .orderBy(desc(renewals.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
