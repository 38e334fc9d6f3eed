import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { metafieldOf } from "#server/catalog/anniversary.ts";
import type { PurchaseState } from "#server/catalog/deal-stages.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { changedSince, idOf, shopifyGraphql } from "./shopify-api.ts";
import { type Buyer, BuyerNode, buyerFields } from "./shopify-buyers.ts";

/** An order or a draft of somebody with an account, as the shop says it at this moment. Not to be stored. */
export interface ShopPurchase {
  /** `order:…` or `draft:…`. */
  key: string;
  orderId: string | null;
  name: string;
  createdAt: string;
  state: PurchaseState;
  amount: { minor: number; currency: string };
  buyer: Buyer;
  /** Of a draft: the order that it became. */
  became: string | null;
}

const Money = z.object({ shopMoney: z.object({ amount: Decimal, currencyCode: z.string() }) });
const Order = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  cancelledAt: z.string().nullable(),
  test: z.boolean(),
  displayFinancialStatus: z.string().nullable(),
  displayFulfillmentStatus: z.string(),
  totalPriceSet: Money,
  currentTotalPriceSet: Money,
  customer: BuyerNode.nullable(),
});
const orderFields = `id name createdAt cancelledAt test displayFinancialStatus displayFulfillmentStatus
  totalPriceSet { shopMoney { amount currencyCode } } currentTotalPriceSet { shopMoney { amount currencyCode } } customer { ${buyerFields} }`;
const Draft = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  totalPriceSet: Money,
  customer: BuyerNode.nullable(),
  order: z.object({ id: z.string() }).nullable(),
});
const draftFields = `id name createdAt totalPriceSet { shopMoney { amount currencyCode } } customer { ${buyerFields} } order { id }`;

const paidWords = ["PAID", "PARTIALLY_REFUNDED"];

function stateOf({
  cancelledAt,
  displayFinancialStatus: financial,
  displayFulfillmentStatus: sent,
}: z.output<typeof Order>): PurchaseState {
  if (cancelledAt !== null || financial === "REFUNDED" || financial === "VOIDED") return "cancelled";
  const isPaid = financial !== null && paidWords.includes(financial);
  if (sent === "FULFILLED") return isPaid ? "completed" : "shipped";
  return isPaid ? "paid" : "ordered";
}

/** Null for a guest's, a trial's, and one of no customer. */
function ofOrder(order: z.output<typeof Order>): ShopPurchase | null {
  if (!order.customer || order.test) return null;
  const state = stateOf(order);
  // What is left of one that was cancelled is nothing: the deal that was lost was of all of it.
  const { amount, currencyCode: currency } = (state === "cancelled" ? order.totalPriceSet : order.currentTotalPriceSet).shopMoney;
  const id = idOf(order.id);
  return {
    ...{ key: `order:${id}`, orderId: id, name: order.name, createdAt: order.createdAt, state, buyer: order.customer, became: null },
    amount: { minor: minorUnits(amount, currency), currency },
  };
}

function ofDraft({ id, name, createdAt, customer, totalPriceSet, order }: z.output<typeof Draft>): ShopPurchase | null {
  if (!customer) return null;
  const { amount, currencyCode: currency } = totalPriceSet.shopMoney;
  return {
    ...{ key: `draft:${idOf(id)}`, orderId: null, name, createdAt, state: "quote", buyer: customer, became: order && idOf(order.id) },
    amount: { minor: minorUnits(amount, currency), currency },
  };
}

const present = <T>(all: readonly (T | null)[]): T[] => all.filter((each) => each !== null);
const paged = <S extends z.ZodType>(node: S) =>
  z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }), nodes: z.array(node) });
const lists = {
  orders: { fields: orderFields, reply: z.object({ data: z.object({ list: paged(Order.transform(ofOrder)) }) }) },
  draftOrders: { fields: draftFields, reply: z.object({ data: z.object({ list: paged(Draft.transform(ofDraft)) }) }) },
};

/** A page of orders, or of drafts, that changed since an instant. Throws `ProviderError`. */
export async function pageOfPurchases(
  shop: Account,
  of: "orders" | "draftOrders",
  { after, since, taxField, limit }: { after: string | null; since: number; taxField: string; limit: number },
): Promise<{ purchases: ShopPurchase[]; next: string | null }> {
  const { fields, reply } = lists[of];
  const query = `query ($first: Int!, $after: String, $search: String, $namespace: String, $key: String!) {
  list: ${of}(first: $first, after: $after, query: $search, sortKey: ID) { pageInfo { hasNextPage endCursor } nodes { ${fields} } }
}`;
  const variables = { first: limit, after, search: changedSince(since), ...metafieldOf(taxField) };
  const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body: { query, variables }, reads: true }, reply);
  const { pageInfo, nodes } = data.list;
  return { purchases: present(nodes), next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

const asked = {
  order: {
    type: "Order",
    fields: orderFields,
    reply: z.object({ data: z.object({ nodes: z.array(Order.transform(ofOrder).nullable()) }) }),
  },
  draft: {
    type: "DraftOrder",
    fields: draftFields,
    reply: z.object({ data: z.object({ nodes: z.array(Draft.transform(ofDraft).nullable()) }) }),
  },
};
/** Each is some twelve points of a query's thousand. */
const askedAtOnce = 50;

/** Those of these orders and drafts that the shop still has, by their keys. Throws `ProviderError`. */
export async function readPurchases(shop: Account, keys: readonly string[], taxField: string): Promise<Map<string, ShopPurchase>> {
  const found: ShopPurchase[] = [];
  for (const kind of ["order", "draft"] as const) {
    const { type, fields, reply } = asked[kind];
    const ids = keys.flatMap((key) => (key.startsWith(`${kind}:`) ? [`gid://shopify/${type}/${key.slice(kind.length + 1)}`] : []));
    const query = `query ($ids: [ID!]!, $namespace: String, $key: String!) { nodes(ids: $ids) { ... on ${type} { ${fields} } } }`;
    for (let from = 0; from < ids.length; from += askedAtOnce) {
      const variables = { ids: ids.slice(from, from + askedAtOnce), ...metafieldOf(taxField) };
      const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body: { query, variables }, reads: true }, reply);
      found.push(...present(data.nodes));
    }
  }
  return new Map(found.map((purchase) => [purchase.key, purchase]));
}
