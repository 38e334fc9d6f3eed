import { and, eq, sql } from "drizzle-orm";
import { connections, schedules } from "#db/schema/index.ts";
import { dayOf } from "#server/catalog/days.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { ShopSummary } from "./schemas.ts";
import { shopHistory } from "./shop-history.ts";

/** The whole history of the shop that the client's figures come from, under the names of the public API. */
export async function shopSummary(ctx: TenantCtx): Promise<ShopSummary> {
  const shop = await shopOf(ctx);
  return summaryOf(ctx, shop?.connectionId, shop?.timezone ?? ctx.tenant.timezone);
}

/** The connection of the shop that shopify-sensor reads, or read last, and its calendar; undefined before it ever had one. */
async function shopOf(ctx: TenantCtx): Promise<{ connectionId: string; timezone: string | null } | undefined> {
  const [row] = await ctx.db
    .select({ connectionId: connections.id, timezone: schedules.timezone })
    .from(connections)
    .innerJoin(schedules, and(eq(schedules.tenantId, connections.tenantId), eq(schedules.job, shopifySensor.id)))
    .where(
      inTenant(
        ctx,
        connections,
        and(eq(connections.provider, "shopify"), sql`${schedules.source} = ${connections.provider} || ' ' || ${connections.externalId}`),
      ),
    )
    .limit(1);
  return row;
}

/** The whole history of one shop, or of all that the client had; `timezone` is the calendar of its days. */
export async function summaryOf(ctx: TenantCtx, connectionId?: string, timezone: string = ctx.tenant.timezone): Promise<ShopSummary> {
  const history = shopHistory(ctx, connectionId);
  const { orders, customers, guestOrders, grossMinor, refundsMinor, currency } = await history.summary(dayOf(ctx.now(), timezone));
  const others = (await history.byCurrency())
    .filter((each) => each.currency !== currency)
    .map((each) => ({ currency: each.currency, orders: each.orders, gross_minor: each.grossMinor, refunds_minor: each.refundsMinor }));
  return {
    orders,
    customers,
    guest_orders: guestOrders,
    gross_minor: grossMinor,
    refunds_minor: refundsMinor,
    currency,
    ...(others.length > 0 && { others }),
  };
}
