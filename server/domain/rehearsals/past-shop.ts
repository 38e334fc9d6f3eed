import { and, asc, eq, exists, gt, type SQL, sql } from "drizzle-orm";
import { customers, orderContents, orders, refunds } from "#db/schema/index.ts";
import type { Consent } from "#db/words/commerce.ts";
import type { Money } from "#db/words/locales.ts";
import type { ShopHistory } from "#server/catalog/shop-history.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { isReduced, leftOf, refundsOf } from "#server/domain/commerce/refunds-of.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Of one customer so many orders are looked at, the newest: whoever has more is a till, or a reseller. */
export const mostOrders = 5_000;
/** As many as are held at once. */
const ordersAPage = 20_000;

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
  /** Whether an edit or a return made it smaller, of those that were delivered. */
  reduced: boolean;
  /** What is left of it in its currency, and what was given back in others. */
  leftMinor: number;
  givenBack: Money[];
}

export interface PastCustomer {
  customerId: string;
  mailConsent: Consent;
  smsConsent: Consent;
  orders: readonly PastOrder[];
}

type OrderRow = Omit<PastOrder, "reduced" | "givenBack"> & { customerId: string; reduced: 0 | 1; givenBack: string };

/**
 * Customers who have ordered, by id from behind `after`, with their orders by time: a page of them is all that a rehearsal holds at once, fewer than
 * `limit` where their orders are many, and nobody behind the last one.
 */
export async function readPast(
  ctx: TenantCtx,
  { shopId, after, limit }: { shopId: string; after: string | null; limit: number },
): Promise<PastCustomer[]> {
  const theirs = inTenant(ctx, orders, and(eq(orders.connectionId, shopId), eq(orders.customerId, customers.externalId)));
  const found = await ctx.db
    .select({
      customerId: customers.externalId,
      mailConsent: customers.mailConsent,
      smsConsent: customers.smsConsent,
      many: sql<number>`min(${mostOrders}, (select count(*) from ${orders} where ${theirs}))`,
    })
    .from(customers)
    .where(behind(ctx, shopId, after))
    .orderBy(asc(customers.externalId))
    .limit(limit);
  let held = 0;
  const page = found.filter(({ many }) => {
    held += many;
    return held === many || held <= ordersAPage;
  });
  const byCustomer = new Map(page.map(({ customerId }) => [customerId, [] as PastOrder[]]));
  for (const { customerId, reduced, givenBack, ...order } of await readOrders(ctx, shopId, page))
    byCustomer.get(customerId)?.push({
      ...order,
      reduced: reduced === 1,
      givenBack: (JSON.parse(givenBack) as [string, number][]).map(([currency, minor]) => ({ currency, minor })),
    });
  return page.map(({ many: _, ...customer }) => ({ ...customer, orders: byCustomer.get(customer.customerId) ?? [] }));
}

/** A row an order, since all orders of one customer may be more than D1 puts in a row. */
const readOrders = (ctx: TenantCtx, shopId: string, page: readonly { customerId: string }[]): Promise<OrderRow[]> =>
  ctx.db.all<OrderRow>(sql`
    select o.customer_id as customerId, o.external_id as "order", o.placed_at as placedAt, o.day, o.gross_minor as grossMinor, o.currency,
      o.cancelled_at as cancelledAt, c.delivered_at as deliveredAt, (c.delivered_at is not null and ${isReduced(sql`c.lines`)}) as reduced,
      (select min(r.refunded_at) from ${refunds} r where ${refundsOf(ctx, "o")}) as returnedAt, ${leftOf(ctx, "o")} as leftMinor,
      (select json_group_array(json_array(r.currency, r.amount_minor)) from ${refunds} r where ${refundsOf(ctx, "o")} and r.currency <> o.currency) as givenBack
    from (
      select o.*, row_number() over (partition by o.customer_id order by o.placed_at desc) as place
      from json_each(${JSON.stringify(page.map(({ customerId }) => customerId))}) j cross join ${orders} o
        on o.tenant_id = ${ctx.tenant.id} and o.connection_id = ${shopId} and o.customer_id = j.value
    ) o left join ${orderContents} c on c.tenant_id = o.tenant_id and c.connection_id = o.connection_id and c.external_id = o.external_id
    where o.place <= ${mostOrders} order by o.customer_id, o.placed_at`);

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
 * later had not happened. Consent is that of today, since it is not known since when it was given; what the products are called is left out. An
 * order that was made smaller and not refunded was so from the start: nobody says when, and most edits come before an order is sent.
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
          const { order, deliveredAt, returnedAt, reduced, grossMinor, currency } = each;
          const came = standing(each) && deliveredAt !== null && deliveredAt >= from && deliveredAt < Math.min(until, at);
          if (!came || (returnedAt === null ? reduced : returnedAt <= at)) return [];
          const behindAfter =
            after === null || deliveredAt > after.deliveredAt || (deliveredAt === after.deliveredAt && order > after.order);
          return behindAfter ? [{ order, customerId, deliveredAt, grossMinor, currency, product: null }] : [];
        }),
      );
      return found.sort((a, b) => a.deliveredAt - b.deliveredAt || (a.order < b.order ? -1 : 1)).slice(0, limit);
    },
  };
}
