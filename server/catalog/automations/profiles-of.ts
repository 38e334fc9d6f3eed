import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { chunked, findProfiles, profilesAPage } from "#server/catalog/actions/klaviyo-wire.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { idOf } from "#server/catalog/providers/shopify-api.ts";

const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { id defaultEmailAddress { emailAddress } } } }";
const Addresses = z.object({
  data: z.object({
    nodes: z.array(
      z.object({ id: z.string().optional(), defaultEmailAddress: z.object({ emailAddress: z.string() }).nullish() }).nullable(),
    ),
  }),
});
const ByAddress = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ email: z.string().nullish(), external_id: z.string().nullish() }) })),
});

/**
 * The Klaviyo profiles of these customers: by the shop's id where Klaviyo was told it, else by the address that the shop has at this moment.
 * Addresses are asked for, compared and forgotten here. A profile that has another customer's id is not theirs.
 */
export async function profilesOf(
  { klaviyo, shop }: { klaviyo: Account; shop: Account },
  customerIds: readonly string[],
): Promise<{ customerId: string; profileId: string }[]> {
  const profileOf = new Map<string, string>();
  for (const some of chunked(customerIds, profilesAPage)) {
    for (const { id, attributes } of await findProfiles(klaviyo, "external_id", some))
      if (attributes.external_id) profileOf.set(attributes.external_id, id);
  }
  const others = customerIds.filter((id) => !profileOf.has(id));
  for (const some of chunked(others, profilesAPage)) {
    const ids = some.map((id) => `gid://shopify/Customer/${id}`);
    const { data } = await askShop(shop, { query, variables: { ids } }, Addresses);
    const customerOf = new Map<string, string | null>();
    for (const node of data.nodes) {
      const address = node?.defaultEmailAddress?.emailAddress.toLowerCase();
      // Two customers with one address are one profile, and nobody can say whose.
      if (node?.id !== undefined && address) customerOf.set(address, customerOf.has(address) ? null : idOf(node.id));
    }
    if (customerOf.size === 0) continue;
    for (const { id, email, external } of await byAddress(klaviyo, [...customerOf.keys()])) {
      const customer = customerOf.get(email);
      if (customer && (external === null || external === customer)) profileOf.set(customer, id);
    }
  }
  return customerIds.flatMap((customerId) => {
    const profileId = profileOf.get(customerId);
    return profileId === undefined ? [] : [{ customerId, profileId }];
  });
}

async function byAddress(klaviyo: Account, addresses: readonly string[]) {
  const asked = new URLSearchParams({
    filter: `any(email,${JSON.stringify(addresses)})`,
    "fields[profile]": "email,external_id",
    "page[size]": String(profilesAPage),
  });
  const { data } = await klaviyo.json({ path: `/api/profiles?${asked}`, headers: { accept: "application/vnd.api+json" } }, ByAddress);
  return data.map(({ id, attributes }) => ({
    id,
    email: attributes.email?.toLowerCase() ?? "",
    external: attributes.external_id || null,
  }));
}
