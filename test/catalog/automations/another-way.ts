import { askShop } from "#test/catalog/actions/doing.ts";

/** An order of a shop, as it tells it itself: read by the test alone, beside the product's own reading. */
export interface ToldOrder {
  id: string;
  createdAt: string;
  cancelledAt: string | null;
  test: boolean;
  displayFulfillmentStatus: string;
  customer: { id: string; defaultEmailAddress: { marketingState: string } } | null;
  lineItems: { nodes: { quantity: number; currentQuantity: number; product: { id: string } | null }[] };
  fulfillments: { status: string; deliveredAt: string | null }[];
  refunds: { id: string }[];
}

const query = `query ($after: String) { orders(first: 50, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes {
    id createdAt cancelledAt test displayFulfillmentStatus
    customer { id defaultEmailAddress { marketingState } }
    lineItems(first: 250) { nodes { quantity currentQuantity product { id } } }
    fulfillments { status deliveredAt }
    refunds { id }
  }
} }`;

/** All orders of a shop. */
export async function ordersToldBy(shop: string): Promise<ToldOrder[]> {
  const all: ToldOrder[] = [];
  let after: string | null = null;
  do {
    const { orders }: { orders: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: ToldOrder[] } } = await askShop(
      shop,
      query,
      { after },
    );
    all.push(...orders.nodes);
    after = orders.pageInfo.hasNextPage ? orders.pageInfo.endCursor : null;
  } while (after !== null);
  return all;
}

/** The number at the end of a shop's id. */
export const numberOf = (gid: string): string => gid.split("/").at(-1) ?? "";

/** Who agreed to be mailed, of an order that stands and is no trial. */
export const buyerOf = ({ customer, cancelledAt, test }: ToldOrder): string | null =>
  customer?.defaultEmailAddress.marketingState === "SUBSCRIBED" && cancelledAt === null && !test ? numberOf(customer.id) : null;

/** Numbers of the products of which a shop has none left. */
export async function soldOutAt(shop: string): Promise<Set<string>> {
  const { products } = await askShop<{ products: { nodes: { id: string; totalInventory: number }[] } }>(
    shop,
    "{ products(first: 250) { nodes { id totalInventory } } }",
  );
  return new Set(products.nodes.flatMap(({ id, totalInventory }) => (totalInventory > 0 ? [] : [numberOf(id)])));
}

/** A customer of a shop, as it tells it itself. */
export interface ToldCustomer {
  id: string;
  defaultEmailAddress: { marketingState: string };
  birth: { value: string } | null;
}

/** All customers of a shop, with what it has as their date of birth. */
export async function customersToldBy(shop: string): Promise<ToldCustomer[]> {
  const { customers } = await askShop<{ customers: { pageInfo: { hasNextPage: boolean }; nodes: ToldCustomer[] } }>(
    shop,
    `{ customers(first: 250) {
      pageInfo { hasNextPage }
      nodes { id defaultEmailAddress { marketingState } birth: metafield(namespace: "facts", key: "birth_date") { value } }
    } }`,
  );
  if (customers.pageInfo.hasNextPage) throw new Error("the test reads one page of customers");
  return customers.nodes;
}
