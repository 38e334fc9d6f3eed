import { eq, type SQL, sql } from "drizzle-orm";
import { batchOf, type Statement } from "#db/client.ts";
import { webhookDeliveries } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { DeliveryReason } from "#db/words/webhooks.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** True while the delivery is not worked off: every statement of its effect carries it. */
export const stillOpen = (ctx: TenantCtx, delivery: string): SQL =>
  sql`exists (select 1 from ${webhookDeliveries} where ${inTenant(ctx, webhookDeliveries, eq(webhookDeliveries.id, delivery), eq(webhookDeliveries.status, "received"))})`;

/** How a delivery ends: what it does, and what is written of it. */
export interface Conclusion {
  /** Each guarded by `stillOpen`. */
  statements?: readonly Statement[];
  /** Null where it did what it asks for. */
  ignored?: DeliveryReason | null;
  /** The audit line of what it does. */
  audit?: { action: AuditAction; details: Record<string, unknown> };
  /** Whether its content is destroyed at once. */
  forget?: boolean;
}

/**
 * The effect of a delivery and its new status, in one batch: worked off twice at once, one of the two writes and the other
 * finds nothing open. Answers what the statements answered; `won` says which of the two this was.
 */
export async function conclude(
  ctx: TenantCtx,
  delivery: string,
  { statements = [], ignored = null, audit, forget = false }: Conclusion,
): Promise<{ won: boolean; results: unknown[] }> {
  // Last, so that the others still see it open.
  const end = ctx.db
    .update(webhookDeliveries)
    .set({ status: ignored === null ? "done" : "ignored", reason: ignored, workedAt: ctx.now(), ...(forget && { sealed: null }) })
    .where(inTenant(ctx, webhookDeliveries, eq(webhookDeliveries.id, delivery), eq(webhookDeliveries.status, "received")))
    .returning({ id: webhookDeliveries.id });
  const all = [...statements, end];
  const results = audit
    ? await commitIf(ctx, stillOpen(ctx, delivery), audit.action, { ...audit.details, delivery }, all)
    : await batchOf(ctx.db, all);
  return { won: wrote(results.at(-1)), results: results.slice(0, -1) };
}
