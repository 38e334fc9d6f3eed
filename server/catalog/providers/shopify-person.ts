import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { shopifyGraphql } from "./shopify-api.ts";

const Person = z.object({
  data: z.object({
    customer: z
      .object({
        displayName: z.string(),
        defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable(),
        defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullable(),
      })
      .nullable(),
  }),
});

/** What a shop calls its customer, and how they are reached; null for one whom it does not know. Not to be stored. Throws `ProviderError`. */
export async function readPerson(
  shop: Account,
  customerId: string,
): Promise<{ name: string; email: string | null; phone: string | null } | null> {
  const query =
    "query ($id: ID!) { customer(id: $id) { displayName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } } }";
  const body = { query, variables: { id: `gid://shopify/Customer/${customerId}` } };
  const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body, reads: true }, Person);
  if (!data.customer) return null;
  const { displayName, defaultEmailAddress, defaultPhoneNumber } = data.customer;
  return { name: displayName, email: defaultEmailAddress?.emailAddress ?? null, phone: defaultPhoneNumber?.phoneNumber ?? null };
}
