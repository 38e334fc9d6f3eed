import { and, asc, eq, exists, gt, type SQL, sql } from "drizzle-orm";
import { customers, orderContents, orders, refunds } from "#db/schema/index.ts";
import type { Consent } from "#db/words/commerce.ts";
import type { ShopHistory } from "#server/catalog/shop-history.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** An order as it is stored, with when it ceased to be what it was. Instants, and minor units. */
export interface PastOrder {
  order: string;
  placedAt: number;
  day: string;
  grossMinor: number;
  currency: string;
  cancelledAt: number | null;
  deliveredAt: number | null;
  /** When some of it was first given back. */
  returnedAt: number | null;
}

export interface PastCustomer {
  customerId: string;
  mailConsent: Consent;
  smsConsent: Consent;
  orders: readonly PastOrder[];
}

/** Customers who have ordered, by id from behind `after`, with all their orders: a page of them is all that a rehearsal holds at once. */
export async function readPast(
  ctx: TenantCtx,
  { shopId, after, limit }: { shopId: string; after: string | null; limit: number },
): Promise<PastCustomer[]> {
  const returned = sql`(select min(r.refunded_at) from ${refunds} r where r.tenant_id = o.tenant_id and r.connection_id = o.connection_id
    and r.order_external_id = o.external_id)`;
  const list = sql<string>`(select json_group_array(json_array(o.external_id, o.placed_at, o.day, o.gross_minor, o.currency, o.cancelled_at, c.delivered_at, ${returned}))
    from ${orders} o left join ${orderContents} c on c.tenant_id = o.tenant_id and c.connection_id = o.connection_id and c.external_id = o.external_id
    where o.tenant_id = ${ctx.tenant.id} and o.connection_id = ${shopId} and o.customer_id = customers.external_id)`;
  const rows = await ctx.db
    .select({ customerId: customers.externalId, mailConsent: customers.mailConsent, smsConsent: customers.smsConsent, orders: list })
    .from(customers)
    .where(behind(ctx, shopId, after))
    .orderBy(asc(customers.externalId))
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    orders: (JSON.parse(row.orders) as [string, number, string, number, string, number | null, number | null, number | null][])
      .map(([order, placedAt, day, grossMinor, currency, cancelledAt, deliveredAt, returnedAt]) => ({
        ...{ order, placedAt, day, grossMinor, currency, cancelledAt, deliveredAt, returnedAt },
      }))
      .sort((a, b) => a.placedAt - b.placedAt),
  }));
}

/** How many customers a rehearsal of this shop looks at. */
export const countPast = (ctx: TenantCtx, shopId: string): Promise<number> => ctx.db.$count(customers, behind(ctx, shopId, null));

/** Of this shop, and with an order. */
const behind = (ctx: TenantCtx, shopId: string, after: string | null): SQL =>
  inTenant(
    ctx,
    customers,
    and(
      eq(customers.connectionId, shopId),
      after === null ? undefined : gt(customers.externalId, after),
      exists(
        ctx.db
          .select({ one: sql`1` })
          .from(orders)
          .where(inTenant(ctx, orders, and(eq(orders.connectionId, shopId), eq(orders.customerId, customers.externalId)))),
      ),
    ),
  );

/** What an automation that can be rehearsed may ask of a shop. */
export type PastShop = Pick<ShopHistory, "buyers" | "delivered">;

/**
 * What the shop's history would have answered at an instant about these customers: what was ordered, cancelled, delivered or given back
 * later had not happened. Consent is that of today, since it is not known since when it was given; what the products are called is left out.
 */
export function shopAt(past: readonly PastCustomer[], at: number): PastShop {
  const standing = ({ placedAt, cancelledAt }: PastOrder) => placedAt < at && (cancelledAt === null || cancelledAt > at);
  const reached = (channel: "email" | "sms") =>
    past.filter(({ mailConsent, smsConsent }) => (channel === "email" ? mailConsent : smsConsent) === "subscribed");
  return {
    async buyers({ minOrders, lastFrom, lastUntil, channel, after, limit }) {
      const found = reached(channel).flatMap(({ customerId, orders: all }) => {
        const own = all.filter(standing);
        const last = own.at(-1)?.placedAt ?? Number.NEGATIVE_INFINITY;
        const fits = last >= lastFrom && last < lastUntil && new Set(own.map(({ day }) => day)).size >= minOrders;
        if (!fits || (after !== null && customerId <= after)) return [];
        const purchases = own.map(({ placedAt, day, grossMinor, currency }) => ({ at: placedAt, day, grossMinor, currency }));
        return [{ customerId, purchases }];
      });
      return found.slice(0, limit);
    },
    async delivered({ from, until, channel, after, limit }) {
      const found = reached(channel).flatMap(({ customerId, orders: all }) =>
        all.flatMap((each) => {
          const { order, deliveredAt, returnedAt, grossMinor, currency } = each;
          const came = standing(each) && deliveredAt !== null && deliveredAt >= from && deliveredAt < Math.min(until, at);
          if (!came || (returnedAt !== null && returnedAt <= at)) return [];
          const behindAfter =
            after === null || deliveredAt > after.deliveredAt || (deliveredAt === after.deliveredAt && order > after.order);
          return behindAfter ? [{ order, customerId, deliveredAt, grossMinor, currency, product: null }] : [];
        }),
      );
      return found.sort((a, b) => a.deliveredAt - b.deliveredAt || (a.order < b.order ? -1 : 1)).slice(0, limit);
    },
  };
}
