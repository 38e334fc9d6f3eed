import { clockOf } from "#sandbox/places.ts";
import type { DraftRow, Shop, ShopCustomer, ShopOrder, ShopProduct } from "#sandbox/shop/model.ts";
import type { PageArgs, Sorting } from "./page.ts";
import { compileSearch, type SearchFields } from "./search.ts";
import { financialStatus } from "./views.ts";

export interface ListArgs extends PageArgs {
  query?: string | null;
  sortKey?: string | null;
  reverse?: boolean | null;
}

/** What one kind of thing can be searched and sorted by. A sort key that is not named sorts by id. */
interface Listing<T> {
  kind: string;
  rows(shop: Shop): readonly T[];
  fields: SearchFields<T>;
  sorts: Record<string, (row: T) => number>;
}

export const orderListing: Listing<ShopOrder> = {
  kind: "orders",
  rows: ({ orders }) => orders,
  fields: {
    id: ({ id }) => id,
    name: ({ id }) => `#${id}`,
    created_at: ({ createdAt }) => createdAt,
    processed_at: ({ createdAt }) => createdAt,
    updated_at: ({ updatedAt }) => updatedAt,
    customer_id: ({ customerId }) => customerId ?? 0,
    financial_status: financialStatus,
    test: ({ test }) => test ?? false,
    status: ({ cancelledAt }) => (cancelledAt === undefined ? "closed" : "cancelled"),
  },
  sorts: {
    CREATED_AT: ({ createdAt }) => createdAt,
    PROCESSED_AT: ({ createdAt }) => createdAt,
    UPDATED_AT: ({ updatedAt }) => updatedAt,
    TOTAL_PRICE: ({ total }) => total,
  },
};

export const productListing: Listing<ShopProduct> = {
  kind: "products",
  rows: ({ products }) => products,
  fields: {
    id: ({ id }) => id,
    sku: ({ code }) => code,
    title: ({ title }) => title,
    inventory_total: ({ inventory }) => inventory,
    updated_at: ({ updatedAt }) => updatedAt,
    created_at: ({ updatedAt }) => updatedAt,
    status: ({ status = "ACTIVE" }) => status.toLowerCase(),
  },
  sorts: {
    UPDATED_AT: ({ updatedAt }) => updatedAt,
    CREATED_AT: ({ updatedAt }) => updatedAt,
    INVENTORY_TOTAL: ({ inventory }) => inventory,
  },
};

export const customerListing: Listing<ShopCustomer> = {
  kind: "customers",
  rows: ({ customers }) => customers,
  fields: {
    id: ({ id }) => id,
    orders_count: ({ orders }) => orders,
    country: ({ country }) => country,
    updated_at: ({ updatedAt }) => updatedAt,
    customer_date: ({ createdAt }) => createdAt,
  },
  sorts: {
    UPDATED_AT: ({ updatedAt }) => updatedAt,
    CREATED_AT: ({ createdAt }) => createdAt,
  },
};

export const draftListing: Listing<DraftRow> = {
  kind: "drafts",
  rows: ({ drafts }) => drafts,
  fields: {
    id: ({ id }) => id,
    updated_at: ({ updatedAt }) => updatedAt,
    created_at: ({ createdAt }) => createdAt,
    status: ({ status }) => status.toLowerCase(),
  },
  sorts: { UPDATED_AT: ({ updatedAt }) => updatedAt },
};

/** The rows that a search finds, sorted, and how they are sorted. Kept per shop, since its history changes rarely. */
export function findRows<T extends { id: number }>(
  shop: Shop,
  listing: Listing<T>,
  args: ListArgs,
  input: { warn: (text: string) => void; visible?: { key: string; test: (row: T) => boolean } },
): { rows: T[]; sorting: Sorting<T> } {
  const reverse = args.reverse ?? false;
  const sorting = { id: ({ id }: T) => id, value: listing.sorts[args.sortKey ?? "ID"] ?? (({ id }: T) => id), reverse };
  const matches = compileSearch(args.query, listing.fields, clockOf(shop.timezone), input.warn);
  const key = JSON.stringify([listing.kind, args.query ?? "", args.sortKey, reverse, input.visible?.key]);
  const known = shop.searches.get(key);
  if (known) return { rows: known as T[], sorting };
  const rows = listing.rows(shop).filter((row) => matches(row) && (input.visible?.test(row) ?? true));
  const sign = reverse ? -1 : 1;
  rows.sort((a, b) => sign * (sorting.value(a) - sorting.value(b) || a.id - b.id));
  if (shop.searches.size >= 50) shop.searches.clear();
  shop.searches.set(key, rows);
  return { rows, sorting };
}
