import * as z from "zod";
import { type Consent, consents } from "#db/words/commerce.ts";
import type { Account } from "#server/catalog/account.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { changedSince, idOf, shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import type { CustomerRecord } from "#server/catalog/records.ts";

const Instant = z.iso.datetime({ offset: true });
const Reached = z.object({ marketingState: z.string() }).nullable();
const Customer = z.object({
  id: z.string(),
  numberOfOrders: z.string().regex(/^\d+$/),
  amountSpent: z.object({ amount: Decimal, currencyCode: z.string() }),
  createdAt: Instant,
  updatedAt: Instant,
  defaultEmailAddress: Reached,
  defaultPhoneNumber: Reached,
});

/** Neither name nor address is asked for, so that none can come. */
const customersQuery = `query ($first: Int!, $after: String, $query: String) {
  customers(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id numberOfOrders amountSpent { amount currencyCode } createdAt updatedAt
      defaultEmailAddress { marketingState } defaultPhoneNumber { marketingState }
    }
  }
}`;
const CustomersReply = z.object({
  data: z.object({
    customers: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(Customer),
    }),
  }),
});

export interface ReadCustomer {
  updatedAt: string;
  record: CustomerRecord;
}

/** One page of customers, the least recently changed first. `since` is an instant; 0 asks for all. */
export async function readCustomerPage(
  account: Account,
  { since, after, first }: { since: number; after: string | null; first: number },
): Promise<{ items: ReadCustomer[]; next: string | null }> {
  const body = { query: customersQuery, variables: { first, after, query: changedSince(since) } };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, CustomersReply);
  const { nodes, pageInfo } = data.customers;
  return {
    items: nodes.map((customer) => ({ updatedAt: customer.updatedAt, record: recordOf(customer) })),
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

const recordOf = ({ id, numberOfOrders, amountSpent, ...customer }: z.infer<typeof Customer>): CustomerRecord => ({
  externalId: idOf(id),
  orders: Number(numberOfOrders),
  spentMinor: minorUnits(amountSpent.amount, amountSpent.currencyCode),
  currency: amountSpent.currencyCode,
  mailConsent: consentOf(customer.defaultEmailAddress),
  smsConsent: consentOf(customer.defaultPhoneNumber),
  createdAt: Date.parse(customer.createdAt),
  updatedAt: Date.parse(customer.updatedAt),
});

function consentOf(reached: z.infer<typeof Reached>): Consent {
  if (reached === null) return "none";
  const word = reached.marketingState.toLowerCase();
  return consents.find((each) => each === word) ?? "unknown";
}
