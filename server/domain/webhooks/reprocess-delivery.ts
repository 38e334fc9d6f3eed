import { eq, inArray, sql } from "drizzle-orm";
import { webhookDeliveries } from "#db/schema/index.ts";
import { type Ctx, enterTenant, requireAgency } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";
import { findDelivery } from "./list-deliveries.ts";

/**
 * Works a delivery off once more, with all its tries before it again. A second click while it waits changes nothing and says so
 * (`replayed` false). Throws `not_found`, and `conflict` where what it said is not kept any more, or never was.
 */
export async function reprocessDelivery(ctx: Ctx, { deliveryId }: { deliveryId: string }): Promise<{ replayed: boolean }> {
  requireAgency(ctx);
  const delivery = await findDelivery(ctx, { deliveryId });
  if (delivery.status === "received") return { replayed: false };
  if (!delivery.replayable) throw conflict("delivery_not_kept");
  const inside = enterTenant(ctx, await findTenant(ctx, delivery.tenantId), "staff");
  const now = ctx.now();
  const over = inTenant(
    inside,
    webhookDeliveries,
    eq(webhookDeliveries.id, deliveryId),
    inArray(webhookDeliveries.status, ["done", "ignored", "failed"]),
    sql`${webhookDeliveries.sealed} is not null`,
  );
  const [reopened] = await commitIf(
    inside,
    sql`exists (select 1 from ${webhookDeliveries} where ${over})`,
    "webhook.reprocessed",
    { delivery: deliveryId, provider: delivery.provider, topic: delivery.topic },
    [
      inside.db
        .update(webhookDeliveries)
        .set({ status: "received", reason: null, attempts: 0, sentAt: now, workedAt: null })
        .where(over)
        .returning({ id: webhookDeliveries.id }),
    ],
  );
  const replayed = wrote(reopened);
  if (replayed) await ctx.send.tasks([{ v: 1, type: "webhook", tenant: delivery.tenantId, delivery: deliveryId }]);
  return { replayed };
}
