import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { metafieldOf } from "#server/catalog/anniversary.ts";
import { minorUnits } from "#server/catalog/money.ts";
import { changedSince, idOf, shopifyGraphql } from "./shopify-api.ts";

const text = z.string().nullish();
const Customer = z.object({
  id: z.string(),
  firstName: text,
  lastName: text,
  tags: z.array(z.string()),
  taxExempt: z.boolean(),
  numberOfOrders: z.coerce.number(),
  amountSpent: z.object({ amount: z.string(), currencyCode: z.string() }),
  defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable(),
  defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullable(),
  defaultAddress: z.object({ company: text, countryCodeV2: text }).nullable(),
  tax: z.object({ value: z.string() }).nullable(),
});
export const buyerFields = `id firstName lastName tags taxExempt numberOfOrders amountSpent { amount currencyCode }
  defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } defaultAddress { company countryCodeV2 }
  tax: metafield(namespace: $namespace, key: $key) { value }`;

/** A customer as the shop says them at this moment. Not to be stored. */
export interface Buyer {
  customerId: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  company: string | null;
  taxId: string | null;
  taxExempt: boolean;
  tags: readonly string[];
  /** ISO 3166, two letters. */
  country: string | null;
  orders: number;
  spent: { minor: number; currency: string };
}

export const BuyerNode = Customer.transform((node): Buyer => {
  const { amount, currencyCode: currency } = node.amountSpent;
  const filled = (value: string | null | undefined) => value?.trim() || null;
  return {
    customerId: idOf(node.id),
    email: filled(node.defaultEmailAddress?.emailAddress)?.toLowerCase() ?? null,
    firstName: filled(node.firstName),
    lastName: filled(node.lastName),
    phone: filled(node.defaultPhoneNumber?.phoneNumber),
    company: filled(node.defaultAddress?.company),
    taxId: filled(node.tax?.value),
    taxExempt: node.taxExempt,
    tags: node.tags,
    country: filled(node.defaultAddress?.countryCodeV2),
    orders: node.numberOfOrders,
    spent: { minor: minorUnits(amount, currency), currency },
  };
});

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Page = z.object({ data: z.object({ customers: z.object({ pageInfo: PageInfo, nodes: z.array(BuyerNode) }) }) });
const Nodes = z.object({ data: z.object({ nodes: z.array(BuyerNode.nullable()) }) });

/** A page of all customers that changed since an instant, of whom many buy for no company. Throws `ProviderError`. */
export async function pageOfBuyers(
  shop: Account,
  { after, since, taxField, limit }: { after: string | null; since: number; taxField: string; limit: number },
): Promise<{ buyers: Buyer[]; next: string | null }> {
  const query = `query ($first: Int!, $after: String, $search: String, $namespace: String, $key: String!) {
  customers(first: $first, after: $after, query: $search, sortKey: ID) { pageInfo { hasNextPage endCursor } nodes { ${buyerFields} } }
}`;
  const variables = { first: limit, after, search: changedSince(since), ...metafieldOf(taxField) };
  const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body: { query, variables }, reads: true }, Page);
  const { pageInfo, nodes } = data.customers;
  return { buyers: nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

/** Those of these customers whom the shop still knows, as it says them now: up to 100 at once. Throws `ProviderError`. */
export async function readBuyers(shop: Account, customerIds: readonly string[], taxField: string): Promise<Map<string, Buyer>> {
  if (customerIds.length === 0) return new Map();
  const query = `query ($ids: [ID!]!, $namespace: String, $key: String!) { nodes(ids: $ids) { ... on Customer { ${buyerFields} } } }`;
  const variables = { ids: customerIds.map((id) => `gid://shopify/Customer/${id}`), ...metafieldOf(taxField) };
  const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body: { query, variables }, reads: true }, Nodes);
  return new Map(data.nodes.flatMap((buyer) => (buyer ? [[buyer.customerId, buyer] as const] : [])));
}
