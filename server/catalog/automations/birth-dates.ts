import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { metafieldOf } from "#server/catalog/anniversary.ts";
import { idOf } from "#server/catalog/providers/shopify-api.ts";

/** By the customers' own order, so that the place is an id of the shop's and no cursor of Shopify's, which expires. */
const query = `query ($first: Int!, $query: String, $namespace: String!, $key: String!) {
  customers(first: $first, query: $query, sortKey: ID) { nodes { id birth: metafield(namespace: $namespace, key: $key) { value } } }
}`;
const Reply = z.object({
  data: z.object({
    customers: z.object({ nodes: z.array(z.object({ id: z.string(), birth: z.object({ value: z.string() }).nullable() })) }),
  }),
});

/** What the shop has at this moment in its field for the date of birth, a page of customers behind `after`; null: nothing. */
export async function readBirthDates(
  account: Account,
  { field, after, first }: { field: string; after: string | null; first: number },
): Promise<{ customerId: string; value: string | null }[]> {
  const variables = { first, query: after === null ? null : `id:>${after}`, ...metafieldOf(field) };
  const { data } = await askShop(account, { query, variables }, Reply);
  return data.customers.nodes.map(({ id, birth }) => ({ customerId: idOf(id), value: birth?.value ?? null }));
}
