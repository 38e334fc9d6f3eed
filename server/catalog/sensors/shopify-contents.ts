import * as z from "zod";
import type { Fulfilment, OrderLine } from "#db/words/commerce.ts";
import type { Account } from "#server/catalog/account.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { readPages } from "#server/catalog/places.ts";
import { changedSince, idOf, shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import type { ContentsRecord, ParcelsRecord } from "#server/catalog/records.ts";

/** Most orders have a few lines; what has more than these is read on by itself. */
const linesPerOrder = 100;
const linesPerPage = 250;
const parcelsPerOrder = 10;

const Instant = z.iso.datetime({ offset: true });
const Money = z.object({ shopMoney: z.object({ amount: Decimal, currencyCode: z.string() }) });
const Line = z.object({
  id: z.string(),
  quantity: z.number().int(),
  currentQuantity: z.number().int(),
  originalUnitPriceSet: Money,
  discountedTotalSet: Money,
  product: z.object({ id: z.string() }).nullable(),
  variant: z.object({ id: z.string() }).nullable(),
});
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Lines = z.object({ pageInfo: PageInfo, nodes: z.array(Line) });
const Parcel = z.object({
  id: z.string(),
  status: z.string(),
  displayStatus: z.string().nullable(),
  createdAt: Instant,
  deliveredAt: Instant.nullable(),
});
const Sent = z.object({
  id: z.string(),
  cancelledAt: Instant.nullable(),
  displayFulfillmentStatus: z.string(),
  fulfillments: z.array(Parcel),
});
const Order = Sent.extend({
  updatedAt: Instant,
  test: z.boolean(),
  /** Null where Shopify shows none. */
  displayFinancialStatus: z.string().nullable(),
  discountCodes: z.array(z.string()),
  lineItems: Lines,
});
type Order = z.infer<typeof Order>;

const lineFields = `pageInfo { hasNextPage endCursor }
  nodes {
    id quantity currentQuantity
    originalUnitPriceSet { shopMoney { amount currencyCode } }
    discountedTotalSet { shopMoney { amount currencyCode } }
    product { id } variant { id }
  }`;
const sentFields = `id cancelledAt displayFulfillmentStatus
  fulfillments(first: ${parcelsPerOrder}) { id status displayStatus createdAt deliveredAt }`;

const pageQuery = `query ($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      ${sentFields}
      updatedAt test displayFinancialStatus discountCodes
      lineItems(first: ${linesPerOrder}) { ${lineFields} }
    }
  }
}`;
const PageReply = z.object({ data: z.object({ orders: z.object({ pageInfo: PageInfo, nodes: z.array(Order) }) }) });

const parcelsQuery = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${sentFields} } } }`;
const ParcelsReply = z.object({ data: z.object({ nodes: z.array(Sent.nullable()) }) });

const linesQuery = `query ($id: ID!, $after: String) { order(id: $id) { lineItems(first: ${linesPerPage}, after: $after) { ${lineFields} } } }`;
const LinesReply = z.object({ data: z.object({ order: z.object({ lineItems: Lines }).nullable() }) });

/** An order with all its lines. */
export interface FullOrder {
  updatedAt: string;
  /** Null for a test order, which is none. */
  record: ContentsRecord | null;
}

/** One page of orders with what is in them, the least recently changed first. `since` is an instant; 0 asks for all. */
export async function readContentsPage(
  account: Account,
  { since, after, first }: { since: number; after: string | null; first: number },
): Promise<{ items: FullOrder[]; next: string | null }> {
  const body = { query: pageQuery, variables: { first, after, query: changedSince(since) } };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, PageReply);
  const { nodes, pageInfo } = data.orders;
  return { items: await whole(account, nodes), next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

/** How far these orders (by the shop's ids) have come; those are left out that it no longer has. 50 at most, by what a query may cost. */
export async function readParcelsOf(account: Account, ids: readonly string[]): Promise<ParcelsRecord[]> {
  const body = { query: parcelsQuery, variables: { ids: ids.map((id) => `gid://shopify/Order/${id}`) } };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, ParcelsReply);
  return data.nodes.flatMap((order) => (order ? [parcelsOf(order)] : []));
}

async function whole(account: Account, orders: readonly Order[]): Promise<FullOrder[]> {
  const full: FullOrder[] = [];
  for (const order of orders)
    full.push({ updatedAt: order.updatedAt, record: order.test ? null : recordOf(order, await allLines(account, order)) });
  return full;
}

/** The rest of a long order is read page by page; where a page's place is forgotten, all its lines are read anew. */
async function allLines(account: Account, { id, lineItems: { nodes, pageInfo } }: Order): Promise<z.infer<typeof Line>[]> {
  if (!pageInfo.hasNextPage) return nodes;
  const { items } = await readPages(async (after) => {
    const body = { query: linesQuery, variables: { id, after } };
    const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, LinesReply);
    const lines = data.order?.lineItems;
    return { items: lines?.nodes ?? [], next: lines?.pageInfo.hasNextPage ? lines.pageInfo.endCursor : null };
  });
  return items;
}

/** What was paid in full stays paid where some of it, or all, went back (shopify.dev, OrderDisplayFinancialStatus). */
const paidStatuses: readonly string[] = ["PAID", "PARTIALLY_REFUNDED", "REFUNDED"];

const recordOf = (order: Order, lines: readonly z.infer<typeof Line>[]): ContentsRecord => ({
  ...parcelsOf(order),
  updatedAt: Date.parse(order.updatedAt),
  paid: order.displayFinancialStatus !== null && paidStatuses.includes(order.displayFinancialStatus),
  lines: lines.map(lineOf),
  codes: order.discountCodes,
});

/** All of it is delivered where all of it was sent, and every parcel that was not called back has come. */
function parcelsOf(order: z.infer<typeof Sent>): ParcelsRecord {
  const fulfilments = order.fulfillments.map(parcelOf);
  const came = fulfilments.flatMap(({ status, deliveredAt }) => (status === "CANCELLED" ? [] : [deliveredAt]));
  const isWhole = order.cancelledAt === null && order.displayFulfillmentStatus === "FULFILLED" && came.length > 0;
  const instants = came.filter((instant) => instant !== null);
  const deliveredAt = isWhole && instants.length === came.length ? Math.max(...instants) : null;
  return { orderExternalId: idOf(order.id), fulfilments, deliveredAt };
}

const parcelOf = ({ id, status, displayStatus, createdAt, deliveredAt }: z.infer<typeof Parcel>): Fulfilment => ({
  id: idOf(id),
  status,
  display: displayStatus,
  createdAt: Date.parse(createdAt),
  deliveredAt: deliveredAt === null ? null : Date.parse(deliveredAt),
});

function lineOf({ id, product, variant, quantity, currentQuantity, ...line }: z.infer<typeof Line>): OrderLine {
  const minor = ({ shopMoney: { amount, currencyCode } }: z.infer<typeof Money>) => minorUnits(amount, currencyCode);
  return [
    idOf(id),
    product && idOf(product.id),
    variant && idOf(variant.id),
    quantity,
    currentQuantity,
    minor(line.originalUnitPriceSet),
    minor(line.discountedTotalSet),
  ];
}
