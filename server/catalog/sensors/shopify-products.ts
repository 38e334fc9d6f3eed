import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { readPages } from "#server/catalog/places.ts";
import { changedSince, idOf, shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import type { ProductRecord, VariantRecord } from "#server/catalog/records.ts";

const variantsPerProduct = 100;
const variantsPerPage = 250;

const Variant = z.object({
  id: z.string(),
  title: z.string(),
  sku: z.string().nullable(),
  price: Decimal,
  compareAtPrice: Decimal.nullable(),
  inventoryQuantity: z.number().int().nullable(),
});
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Variants = z.object({ pageInfo: PageInfo, nodes: z.array(Variant) });
const Product = z.object({
  id: z.string(),
  title: z.string(),
  handle: z.string(),
  status: z.string(),
  vendor: z.string(),
  productType: z.string(),
  onlineStoreUrl: z.url().nullable(),
  tracksInventory: z.boolean(),
  updatedAt: z.iso.datetime({ offset: true }),
  variants: Variants,
});
type Product = z.infer<typeof Product>;

const variantFields = "pageInfo { hasNextPage endCursor } nodes { id title sku price compareAtPrice inventoryQuantity }";
const productsQuery = `query ($first: Int!, $after: String, $query: String) {
  shop { currencyCode }
  products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id title handle status vendor productType onlineStoreUrl tracksInventory updatedAt
      variants(first: ${variantsPerProduct}) { ${variantFields} }
    }
  }
}`;
const ProductsReply = z.object({
  data: z.object({
    shop: z.object({ currencyCode: z.string() }),
    products: z.object({ pageInfo: PageInfo, nodes: z.array(Product) }),
  }),
});

const variantsQuery = `query ($id: ID!, $after: String) { product(id: $id) { variants(first: ${variantsPerPage}, after: $after) { ${variantFields} } } }`;
const VariantsReply = z.object({ data: z.object({ product: z.object({ variants: Variants }).nullable() }) });

/** A product as it was read, with its own date of change. */
export interface FullProduct {
  updatedAt: string;
  record: ProductRecord;
}

/** One page of products of any status with all their variants, the least recently changed first. `since` is an instant; 0 asks for all. */
export async function readProductPage(
  account: Account,
  { since, after, first }: { since: number; after: string | null; first: number },
): Promise<{ items: FullProduct[]; next: string | null }> {
  const body = { query: productsQuery, variables: { first, after, query: changedSince(since) } };
  const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, ProductsReply);
  const { nodes, pageInfo } = data.products;
  const items: FullProduct[] = [];
  for (const product of nodes) {
    const variants = await allVariants(account, product);
    items.push({ updatedAt: product.updatedAt, record: recordOf(product, variants, data.shop.currencyCode) });
  }
  return { items, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

/** A product may have 2,048 variants. */
async function allVariants(account: Account, { id, variants: { nodes, pageInfo } }: Product): Promise<z.infer<typeof Variant>[]> {
  if (!pageInfo.hasNextPage) return nodes;
  const { items } = await readPages(async (after) => {
    const body = { query: variantsQuery, variables: { id, after } };
    const { data } = await account.json({ method: "POST", path: shopifyGraphql, body, reads: true }, VariantsReply);
    const variants = data.product?.variants;
    return { items: variants?.nodes ?? [], next: variants?.pageInfo.hasNextPage ? variants.pageInfo.endCursor : null };
  });
  return items;
}

function recordOf(product: Product, variants: readonly z.infer<typeof Variant>[], currency: string): ProductRecord {
  const { title, handle, status, vendor, productType, onlineStoreUrl, tracksInventory, updatedAt } = product;
  return {
    externalId: idOf(product.id),
    title,
    handle,
    status,
    vendor,
    type: productType,
    url: onlineStoreUrl,
    updatedAt: Date.parse(updatedAt),
    variants: variants.map(
      ({ id, title, sku, price, compareAtPrice, inventoryQuantity }): VariantRecord => ({
        externalId: idOf(id),
        title,
        sku,
        priceMinor: minorUnits(price, currency),
        compareAtMinor: compareAtPrice === null ? null : minorUnits(compareAtPrice, currency),
        currency,
        stock: tracksInventory ? inventoryQuantity : null,
      }),
    ),
  };
}
