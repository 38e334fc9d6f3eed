import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { dayOf } from "#server/catalog/days.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { changedSince, idOf, shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import type { OrderRecord, RefundRecord } from "#server/catalog/records.ts";

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
  currentTotalPriceSet: Money.optional(),
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
      currentTotalPriceSet { shopMoney { amount currencyCode } }
      customer { id }
      refunds(first: ${refundsPerOrder}) { ${refundFields} }
    }
  }
}`;
const refundsQuery = `query ($id: ID!) { order(id: $id) { refunds(first: 250) { ${refundFields} } } }`;

const PlacesReply = z.object({
  data: z.object({
    orders: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(z.object({ id: z.string(), processedAt: Instant })),
    }),
  }),
});
const placesQuery = `query ($first: Int!, $after: String) {
  orders(first: $first, after: $after, sortKey: PROCESSED_AT) { pageInfo { hasNextPage endCursor } nodes { id processedAt } }
}`;

/** One page of which orders there are and when they were placed, the oldest first. */
export async function listOrderPage(
  account: Account,
  input: { after: string | null; first: number },
): Promise<{ orders: { externalId: string; placedAt: number }[]; next: string | null }> {
  const body = { query: placesQuery, variables: input };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, PlacesReply);
  const { nodes, pageInfo } = data.orders;
  return {
    orders: nodes.map(({ id, processedAt }) => ({ externalId: idOf(id), placedAt: Date.parse(processedAt) })),
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

/** One page of orders, the least recently changed first. `since` is an instant; 0 asks for all. */
export async function readOrderPage(
  account: Account,
  input: { since: number; after: string | null; first: number },
): Promise<{ items: ShopifyOrder[]; next: string | null }> {
  const variables = { first: input.first, after: input.after, query: changedSince(input.since) };
  const { data } = await account.json(
    { method: "POST", path: shopifyGraphql, body: { query: ordersQuery, variables }, reads: true },
    OrdersReply,
  );
  const { nodes, pageInfo } = data.orders;
  const orders: ShopifyOrder[] = [];
  for (const order of nodes) orders.push(order.refunds.length < refundsPerOrder ? order : await withAllRefunds(account, order));
  return { items: orders, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
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
 *
 * Edits, by the fields' own words (shopify.dev, Order): `totalPriceSet` is the total before returns, which holds what an edit added;
 * `currentTotalPriceSet` is the total after edits, returns and refunds. So gross is the former, and what is neither there any more
 * nor was paid back was taken out by an edit: a return too, on the day of the removal, which Shopify records as a refund of nothing.
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
  const refunded = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const edit = editOf(order, { grossMinor, refunded });
  if (edit)
    refunds.push({
      externalId: `${externalId}-edited`,
      orderExternalId: externalId,
      refundedAt: edit.at,
      day: dayOf(edit.at, timezone),
      amountMinor: edit.amountMinor,
      currency,
    });
  if (order.cancelledAt !== null) {
    const refundedAt = Date.parse(order.cancelledAt);
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
      ...(order.cancelledAt !== null && { cancelledAt: Date.parse(order.cancelledAt) }),
    },
    refunds,
  };
}

/**
 * What edits took out of an order, and when; null where there was no edit. Kept at zero where there are refunds or a cancellation:
 * what was taken out and is paid back later must not be counted twice. Of a cancelled order nothing is left to be taken out.
 */
function editOf(
  order: ShopifyOrder,
  { grossMinor, refunded }: { grossMinor: number; refunded: number },
): { at: number; amountMinor: number } | null {
  const current = order.currentTotalPriceSet?.shopMoney;
  if (!current) return null;
  const left = order.cancelledAt === null ? minorUnits(current.amount, current.currencyCode) : grossMinor;
  const amountMinor = Math.max(0, grossMinor - refunded - left);
  const removals = order.refunds.filter(
    ({ totalRefundedSet: { shopMoney } }) => minorUnits(shopMoney.amount, shopMoney.currencyCode) === 0,
  );
  const removal = (removals.length > 0 ? removals : order.refunds).at(-1);
  if (amountMinor === 0 && !removal && order.cancelledAt === null) return null;
  return { at: Date.parse(removal ? (removal.createdAt ?? removal.updatedAt) : order.processedAt), amountMinor };
}
