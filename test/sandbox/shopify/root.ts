import { GraphQLError } from "graphql";
import { type Grant, revokeGrant } from "#test/sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#test/sandbox/providers/provider.ts";
import { hashOf } from "#test/sandbox/seed.ts";
import type { Shop, ShopCustomer, ShopOrder, ShopProduct } from "#test/sandbox/shop/model.ts";
import { type PageArgs, pageOf } from "./page.ts";
import { compileSearch, type SearchFields } from "./search.ts";
import { customerView, type Demand, financialStatus, iso, orderView, productView } from "./views.ts";

interface ListArgs extends PageArgs {
  query?: string | null;
  sortKey?: string | null;
  reverse?: boolean | null;
}

interface CountArgs {
  query?: string | null;
  limit?: number | null;
}

const orderFields: SearchFields<ShopOrder> = {
  id: ({ id }) => id,
  name: ({ id }) => `#${id}`,
  created_at: ({ createdAt }) => createdAt,
  processed_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
  customer_id: ({ customerId }) => customerId ?? 0,
  financial_status: financialStatus,
  test: () => false,
  status: () => "closed",
};
const productFields: SearchFields<ShopProduct> = {
  id: ({ id }) => id,
  sku: ({ code }) => code,
  title: ({ title }) => title,
  inventory_total: ({ inventory }) => inventory,
  updated_at: ({ updatedAt }) => updatedAt,
  created_at: ({ updatedAt }) => updatedAt,
  status: () => "active",
};
const customerFields: SearchFields<ShopCustomer> = {
  id: ({ id }) => id,
  orders_count: ({ orders }) => orders,
  country: ({ country }) => country,
  updated_at: ({ updatedAt }) => updatedAt,
  customer_date: ({ createdAt }) => createdAt,
};

const orderSorts: Record<string, (order: ShopOrder) => number> = {
  CREATED_AT: ({ createdAt }) => createdAt,
  PROCESSED_AT: ({ createdAt }) => createdAt,
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  TOTAL_PRICE: ({ gross }) => gross,
};
const productSorts: Record<string, (product: ShopProduct) => number> = {
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  CREATED_AT: ({ updatedAt }) => updatedAt,
  INVENTORY_TOTAL: ({ inventory }) => inventory,
};
const customerSorts: Record<string, (customer: ShopCustomer) => number> = {
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  CREATED_AT: ({ createdAt }) => createdAt,
};

/** The resolvers of one request: the shop that the token is for, seen with the token's scopes. */
export function rootOf(state: SandboxState, call: Call, grant: Grant, shop: Shop, warn: (text: string) => void) {
  const demand: Demand = (scope, field) => {
    // write_x implies read_x.
    if (grant.scopes.includes(scope) || grant.scopes.includes(scope.replace(/^read_/, "write_"))) return;
    throw new GraphQLError(`Access denied for ${field} field. Required access: \`${scope}\` access scope.`, {
      extensions: {
        code: "ACCESS_DENIED",
        documentation: "https://shopify.dev/api/usage/access-scopes",
        requiredAccess: `\`${scope}\` access scope.`,
      },
    });
  };
  // Without read_all_orders only the last 60 days are there. Whole hours, so that searches can be kept.
  const oldest = grant.scopes.includes("read_all_orders") ? 0 : Math.floor(call.now / 3_600_000 - 60 * 24) * 3_600_000;

  function search<T extends { id: number }>(
    kind: string,
    rows: readonly T[],
    args: ListArgs,
    how: { fields: SearchFields<T>; sorts: Record<string, (row: T) => number>; also?: (row: T) => boolean; key?: string },
  ): T[] {
    const key = JSON.stringify([kind, args.query ?? "", args.sortKey, args.reverse, how.key]);
    const matches = compileSearch(args.query, how.fields, shop.timezone, warn);
    const known = shop.searches.get(key);
    if (known) return known as T[];
    const value = how.sorts[args.sortKey ?? "ID"] ?? (({ id }: T) => id);
    const found = rows.filter((row) => matches(row) && (how.also?.(row) ?? true)).sort((a, b) => value(a) - value(b) || a.id - b.id);
    if (args.reverse) found.reverse();
    if (shop.searches.size >= 50) shop.searches.clear();
    shop.searches.set(key, found);
    return found;
  }
  const findOrders = (args: ListArgs) =>
    search("orders", shop.orders, args, {
      fields: orderFields,
      sorts: orderSorts,
      also: ({ createdAt }) => createdAt >= oldest,
      key: String(oldest),
    });
  const findProducts = (args: ListArgs) => search("products", shop.products, args, { fields: productFields, sorts: productSorts });
  const findCustomers = (args: ListArgs) => search("customers", shop.customers, args, { fields: customerFields, sorts: customerSorts });
  const count = (found: number, limit: number | null | undefined) =>
    typeof limit === "number" && found > limit ? { count: limit, precision: "AT_LEAST" } : { count: found, precision: "EXACT" };
  const idIn = (gid: string, type: string) => Number(new RegExp(`^gid://shopify/${type}/(\\d+)$`).exec(gid)?.[1] ?? Number.NaN);

  return {
    shop: () => shopView(shop),
    currentAppInstallation: {
      id: `gid://shopify/AppInstallation/${hashOf(shop.domain)}`,
      accessScopes: grant.scopes.map((handle) => ({ handle, description: handle.replaceAll("_", " ") })),
    },
    orders(args: ListArgs) {
      demand("read_orders", "orders");
      return pageOf(
        findOrders(args),
        args,
        ({ id }) => id,
        (order) => orderView(shop, order, demand),
      );
    },
    order({ id }: { id: string }) {
      demand("read_orders", "order");
      const wanted = idIn(id, "Order");
      const order = shop.orders.find((each) => each.id === wanted && each.createdAt >= oldest);
      return order ? orderView(shop, order, demand) : null;
    },
    ordersCount(args: CountArgs) {
      demand("read_orders", "ordersCount");
      return count(findOrders(args).length, args.limit);
    },
    products(args: ListArgs) {
      demand("read_products", "products");
      return pageOf(findProducts(args), args, ({ id }) => id, productView);
    },
    product({ id }: { id: string }) {
      demand("read_products", "product");
      const product = shop.products.find((each) => each.id === idIn(id, "Product"));
      return product ? productView(product) : null;
    },
    productsCount(args: CountArgs) {
      demand("read_products", "productsCount");
      return count(findProducts(args).length, args.limit);
    },
    customers(args: ListArgs) {
      demand("read_customers", "customers");
      return pageOf(
        findCustomers(args),
        args,
        ({ id }) => id,
        (customer) => customerView(shop, customer),
      );
    },
    customer({ id }: { id: string }) {
      demand("read_customers", "customer");
      const customer = shop.customerById.get(idIn(id, "Customer"));
      return customer ? customerView(shop, customer) : null;
    },
    customersCount(args: CountArgs) {
      demand("read_customers", "customersCount");
      return count(findCustomers(args).length, args.limit);
    },
    appUninstall() {
      revokeGrant(state.ledger, grant);
      return { app: { id: "gid://shopify/App/1" }, userErrors: [] };
    },
  };
}

function shopView(shop: Shop) {
  return {
    id: `gid://shopify/Shop/${hashOf(shop.domain)}`,
    name: shop.name,
    myshopifyDomain: shop.domain,
    email: `owner@${shop.domain}`,
    currencyCode: shop.currency,
    ianaTimezone: shop.timezone,
    plan: { publicDisplayName: shop.plan.name, shopifyPlus: shop.plan.plus, partnerDevelopment: false },
    primaryDomain: { host: shop.domain, url: `https://${shop.domain}` },
    createdAt: iso(shop.orders[0]?.createdAt ?? 0),
  };
}
