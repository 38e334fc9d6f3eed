import type { TenantCtx } from "#server/ctx.ts";
import type { ShopSummary } from "./schemas.ts";
import { shopHistory } from "./shop-history.ts";

/** The shop's whole history, as far as its orders are stored, under the names of the public API. */
export async function shopSummary(ctx: TenantCtx): Promise<ShopSummary> {
  const history = shopHistory(ctx);
  const { orders, customers, guestOrders, grossMinor, refundsMinor, currency } = await history.summary();
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
