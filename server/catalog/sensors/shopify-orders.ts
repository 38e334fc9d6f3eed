import { z } from "zod";
import type { Account } from "#server/catalog/account.ts";
import { dayOf } from "#server/catalog/days.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import type { OrderRecord, RefundRecord } from "#server/catalog/sensor.ts";

/** Pinned: a version lives a year at least (shopify.dev, API versioning). */
export const shopifyGraphql = "/admin/api/2026-07/graphql.json";

const refundsPerOrder = 20;

const Instant = z.iso.datetime({ offset: true });
const Money = z.object({ shopMoney: z.object({ amount: Decimal, currencyCode: z.string() }) });
const Refund = z.object({ id: z.string(), createdAt: Instant.nullable(), updatedAt: Instant, totalRefundedSet: Money });
const Order = z.object({
  id: z.string(),
  processedAt: Instant,
  updatedAt: Instant,
  cancelledAt: Instant.nullable(),
  test: z.boolean(),
  totalPriceSet: Money,
  customer: z.object({ id: z.string() }).nullable(),
  refunds: z.array(Refund),
});
export type ShopifyOrder = z.infer<typeof Order>;

const OrdersReply = z.object({
  data: z.object({
    orders: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }), nodes: z.array(Order) }),
  }),
});
const RefundsReply = z.object({ data: z.object({ order: z.object({ refunds: z.array(Refund) }).nullable() }) });

const refundFields = "id createdAt updatedAt totalRefundedSet { shopMoney { amount currencyCode } }";
const ordersQuery = `query ($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id processedAt updatedAt cancelledAt test
      totalPriceSet { shopMoney { amount currencyCode } }
      customer { id }
      refunds(first: ${refundsPerOrder}) { ${refundFields} }
    }
  }
}`;
const refundsQuery = `query ($id: ID!) { order(id: $id) { refunds(first: 250) { ${refundFields} } } }`;

/** One page of orders, the least recently changed first. `since` is an instant; 0 asks for all. */
export async function readOrderPage(
  account: Account,
  input: { since: number; after: string | null; first: number },
): Promise<{ orders: ShopifyOrder[]; next: string | null }> {
  const query = input.since > 0 ? `updated_at:>='${new Date(input.since).toISOString()}'` : null;
  const variables = { first: input.first, after: input.after, query };
  const { data } = await account.json(
    { method: "POST", path: shopifyGraphql, body: { query: ordersQuery, variables }, reads: true },
    OrdersReply,
  );
  const { nodes, pageInfo } = data.orders;
  const orders: ShopifyOrder[] = [];
  for (const order of nodes) orders.push(order.refunds.length < refundsPerOrder ? order : await withAllRefunds(account, order));
  return { orders, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

/** An order's refunds are no connection and cannot be paged: a list as long as what was asked for may have been cut. */
async function withAllRefunds(account: Account, order: ShopifyOrder): Promise<ShopifyOrder> {
  const body = { query: refundsQuery, variables: { id: order.id } };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, RefundsReply);
  return { ...order, refunds: data.order?.refunds ?? order.refunds };
}

/**
 * The records of one order. As in Shopify's own sales reports (help.shopify.com, "Sales reports"): a test order is none; a
 * cancelled order is a sale on its day and a return of all that was not refunded on the day it was cancelled, so that it comes
 * to zero; a refund counts on its own day. An imported order belongs to the day it was processed at, not imported.
 */
export function recordsOf(order: ShopifyOrder, timezone: string): { order: OrderRecord; refunds: RefundRecord[] } | null {
  if (order.test) return null;
  const externalId = idOf(order.id);
  const { amount, currencyCode: currency } = order.totalPriceSet.shopMoney;
  const grossMinor = minorUnits(amount, currency);
  const placedAt = Date.parse(order.processedAt);
  const refunds = order.refunds.map((refund): RefundRecord => {
    const { shopMoney } = refund.totalRefundedSet;
    const refundedAt = Date.parse(refund.createdAt ?? refund.updatedAt);
    return {
      externalId: idOf(refund.id),
      orderExternalId: externalId,
      refundedAt,
      day: dayOf(refundedAt, timezone),
      amountMinor: minorUnits(shopMoney.amount, shopMoney.currencyCode),
      currency: shopMoney.currencyCode,
    };
  });
  if (order.cancelledAt !== null) {
    const refundedAt = Date.parse(order.cancelledAt);
    const refunded = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    // Kept even at zero: a refund that follows the cancellation must lower what was returned by it.
    refunds.push({
      externalId: `${externalId}-cancelled`,
      orderExternalId: externalId,
      refundedAt,
      day: dayOf(refundedAt, timezone),
      amountMinor: Math.max(0, grossMinor - refunded),
      currency,
    });
  }
  return {
    order: {
      externalId,
      customerId: order.customer === null ? null : idOf(order.customer.id),
      placedAt,
      day: dayOf(placedAt, timezone),
      grossMinor,
      currency,
      updatedAt: Date.parse(order.updatedAt),
      cancelledAt: order.cancelledAt === null ? null : Date.parse(order.cancelledAt),
    },
    refunds,
  };
}

/** `gid://shopify/Order/5678` -> `5678`. */
const idOf = (gid: string): string => gid.slice(gid.lastIndexOf("/") + 1);
