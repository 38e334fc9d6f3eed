import { and, eq, sql } from "drizzle-orm";
import { schedules, supplyOrders } from "#db/schema/index.ts";
import type { SupplyReason, SupplyState } from "#db/words/supply.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";
import type { DecideSupply, SupplyOrderShown } from "./schemas.ts";
import { shopOf } from "./supply-accounts.ts";

/** Of these nothing reached the supplier, or what did was called off there: they may be looked at anew. */
const retryable: readonly SupplyReason[] = ["failed", "declined", "supplier_cancelled", "shadow", "undone", "by_hand"];

/** What a person can do about an order that stands so. */
export function decisionsOf({ state, reason }: { state: SupplyState; reason: SupplyReason | null }): SupplyOrderShown["may"] {
  const again = state === "held" || ((state === "stuck" || state === "over") && reason !== null && retryable.includes(reason));
  return [
    ...(again ? (["again"] as const) : []),
    ...(state === "held" && reason === "margin" ? (["anyway"] as const) : []),
    ...(state !== "over" && state !== "proposed" ? (["close"] as const) : []),
  ];
}

/**
 * A person says what is to become of an order at a supplier: that it is looked at now, the same whatever it earns, or that they take care of it.
 * Nothing is ordered by it: what is proposed anew is decided on like any other, after the supplier was asked what it has of it. Throws `not_found`,
 * `forbidden`, and `conflict` where it stands elsewhere by now.
 */
export async function decideSupply(ctx: TenantCtx, { order, supplier, does }: DecideSupply): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const shop = await shopOf(ctx);
  const own = inTenant(
    ctx,
    supplyOrders,
    and(eq(supplyOrders.connectionId, shop ?? ""), eq(supplyOrders.orderId, order), eq(supplyOrders.provider, supplier)),
  );
  const [row] = await ctx.db.select().from(supplyOrders).where(own);
  if (!row) throw notFound("order");
  if (!decisionsOf(row).includes(does)) throw conflict("order_moved_on");
  const now = ctx.now();
  const asRead = and(own, eq(supplyOrders.version, row.version), eq(supplyOrders.state, row.state));
  const isStill = sql`exists (select 1 from ${supplyOrders} where ${asRead})`;
  const becomes =
    does === "close"
      ? { state: "over" as const, reason: "by_hand" as const, nextAt: null }
      : { state: "held" as const, reason: "new" as const, nextAt: now, ...(does === "anyway" && { waived: true }) };
  const [changed] = await commitIf(ctx, isStill, "supply.decided", { order, supplier, does }, [
    ctx.db
      .update(supplyOrders)
      .set({ ...becomes, since: now, version: row.version + 1 })
      .where(asRead)
      .returning({ id: supplyOrders.orderId }),
    ctx.db
      .update(schedules)
      .set({ nextAt: now })
      .where(inTenant(ctx, schedules, and(eq(schedules.job, dropshippingOrderFlow.id), sql`${does !== "close"}`, sql`changes() > 0`))),
  ]);
  if (!wrote(changed)) throw conflict("order_moved_on");
}
