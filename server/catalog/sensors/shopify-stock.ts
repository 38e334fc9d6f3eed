import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Places, readPages } from "#server/catalog/places.ts";
import { shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";

const pageSize = 250;
/** 10,000 products that are low or sold out: more than anybody restocks by looking at a tile. */
const mostPages = 40;

const StockReply = z.object({
  data: z.object({
    productsCount: z.object({ count: z.number().int() }).nullable(),
    products: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(z.object({ totalInventory: z.number().int(), tracksInventory: z.boolean() })),
    }),
  }),
});

/** `limit: null` counts beyond the 10,000 at which Shopify stops by default. */
const stockQuery = `query ($first: Int!, $after: String, $query: String) {
  productsCount(query: "status:active", limit: null) { count }
  products(first: $first, after: $after, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { totalInventory tracksInventory }
  }
}`;

export interface Stock {
  /** null where the shop does not say how many. */
  products: number | null;
  low: number;
  out: number;
  /** False where there were more scarce products than are read. */
  complete: boolean;
}

/**
 * Active products, and how many of them are low (`lowAt` or fewer left) or sold out. Only the scarce ones are listed. They are
 * looked at one by one since a product whose stock is not tracked says 0 too, and no search can leave it out.
 */
export async function readStock(account: Account, { lowAt, places }: { lowAt: number; places: Places }): Promise<Stock> {
  const query = `status:active inventory_total:<=${lowAt}`;
  let count: number | null = null;
  const { items, complete } = await readPages(
    async (after) => {
      const body = { query: stockQuery, variables: { first: pageSize, after, query } };
      const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, StockReply);
      count = data.productsCount?.count ?? count;
      const { hasNextPage, endCursor } = data.products.pageInfo;
      return { items: data.products.nodes, next: hasNextPage ? endCursor : null };
    },
    { most: mostPages, places },
  );
  const scarce = items.filter(({ tracksInventory }) => tracksInventory);
  const out = scarce.filter(({ totalInventory }) => totalInventory <= 0).length;
  return { products: count, low: scarce.length - out, out, complete };
}
