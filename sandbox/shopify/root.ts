import { GraphQLError } from "graphql";
import { type Grant, revokeGrant } from "#sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { hashOf } from "#sandbox/seed.ts";
import type { Shop, ShopOrder } from "#sandbox/shop/model.ts";
import { type CustomerInput, updateCustomer } from "./customers.ts";
import {
  addRedeemCodes,
  createDiscount,
  type DiscountInput,
  deactivateDiscount,
  discountByCode,
  discountById,
  redeemCreation,
} from "./discounts.ts";
import { type FlowArgs, receiveFlowTrigger } from "./flow.ts";
import { createFulfilment, type FulfilmentInput, riskSeen, sentSeen, type TrackingInput, updateTracking } from "./fulfilments.ts";
import { customerListing, draftListing, findRows, type ListArgs, orderListing, productListing } from "./lists.ts";
import { pageOf } from "./page.ts";
import { createPixel, deletePixel, pixelOf } from "./pixels.ts";
import { subscribe } from "./subscriptions.ts";
import { changeTags, type TagsArgs } from "./tags.ts";
import { customerView, type Demand, draftView, iso, type OrderSeen, orderView, productView } from "./views.ts";

interface CountArgs {
  query?: string | null;
  limit?: number | null;
}

/** What a token needs to be sent events (shopify.dev, WebhookSubscriptionTopic). */
const topicScopes = [
  ["ORDERS_", "read_orders"],
  ["PRODUCTS_", "read_products"],
  ["CUSTOMERS_", "read_customers"],
  ["FULFILLMENT", "read_fulfillments"],
] as const;

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

  const visible = { key: String(oldest), test: ({ createdAt }: ShopOrder) => createdAt >= oldest };
  const seen: OrderSeen = {
    ...{ demand, now: call.now },
    sentOf: ({ id }) => sentSeen(state, shop.domain, id, call.now),
    riskOf: ({ id }) => riskSeen(state, shop.domain, id),
  };
  const findOrders = (args: ListArgs) => findRows(shop, orderListing, args, { warn, visible });
  const findProducts = (args: ListArgs) => findRows(shop, productListing, args, { warn });
  const findCustomers = (args: ListArgs) => findRows(shop, customerListing, args, { warn });
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
      const { rows, sorting } = findOrders(args);
      return pageOf(rows, args, sorting, (order) => orderView(shop, order, seen));
    },
    order({ id }: { id: string }) {
      demand("read_orders", "order");
      const wanted = idIn(id, "Order");
      const order = shop.orders.find((each) => each.id === wanted && each.createdAt >= oldest);
      return order ? orderView(shop, order, seen) : null;
    },
    nodes({ ids }: { ids: string[] }) {
      if (ids.length > 250)
        throw new GraphQLError(`The input array size of ${ids.length} is greater than the maximum allowed of 250.`, {
          extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
        });
      const byId = new Map(shop.orders.map((order) => [order.id, order]));
      // Of what has an id orders, drafts, customers, products and discounts are asked for in this way, each under its own permission.
      return ids.map((id) => {
        if (id.includes("/Customer/")) {
          demand("read_customers", "nodes");
          const customer = shop.customerById.get(idIn(id, "Customer"));
          return customer ? customerView(shop, customer) : null;
        }
        if (id.includes("/Product/")) {
          demand("read_products", "nodes");
          const product = shop.products.find((each) => each.id === idIn(id, "Product"));
          return product ? productView(shop, product) : null;
        }
        if (id.includes("/DraftOrder/")) {
          demand("read_draft_orders", "nodes");
          const draft = shop.drafts.find((each) => each.id === idIn(id, "DraftOrder"));
          return draft ? draftView(shop, draft, seen) : null;
        }
        if (id.includes("/DiscountCodeNode/")) {
          demand("read_discounts", "nodes");
          return discountById(state, shop, id, call.now);
        }
        demand("read_orders", "nodes");
        const order = byId.get(idIn(id, "Order"));
        return order && order.createdAt >= oldest ? orderView(shop, order, seen) : null;
      });
    },
    draftOrders(args: ListArgs) {
      demand("read_draft_orders", "draftOrders");
      const { rows, sorting } = findRows(shop, draftListing, args, { warn });
      return pageOf(rows, args, sorting, (draft) => draftView(shop, draft, seen));
    },
    customerUpdate({ input }: { input: CustomerInput }) {
      demand("write_customers", "customerUpdate");
      return updateCustomer(state, shop, input, call.now);
    },
    ordersCount(args: CountArgs) {
      demand("read_orders", "ordersCount");
      return count(findOrders(args).rows.length, args.limit);
    },
    products(args: ListArgs) {
      demand("read_products", "products");
      const { rows, sorting } = findProducts(args);
      return pageOf(rows, args, sorting, (product) => productView(shop, product));
    },
    product({ id }: { id: string }) {
      demand("read_products", "product");
      const product = shop.products.find((each) => each.id === idIn(id, "Product"));
      return product ? productView(shop, product) : null;
    },
    productsCount(args: CountArgs) {
      demand("read_products", "productsCount");
      return count(findProducts(args).rows.length, args.limit);
    },
    customers(args: ListArgs) {
      demand("read_customers", "customers");
      const { rows, sorting } = findCustomers(args);
      return pageOf(rows, args, sorting, (customer) => customerView(shop, customer));
    },
    customer({ id }: { id: string }) {
      demand("read_customers", "customer");
      const customer = shop.customerById.get(idIn(id, "Customer"));
      return customer ? customerView(shop, customer) : null;
    },
    customersCount(args: CountArgs) {
      demand("read_customers", "customersCount");
      return count(findCustomers(args).rows.length, args.limit);
    },
    webhookSubscriptionCreate({ topic, webhookSubscription: { uri } }: { topic: string; webhookSubscription: { uri?: string | null } }) {
      const scope = topicScopes.find(([prefix]) => topic.startsWith(prefix))?.[1];
      if (scope) demand(scope, "webhookSubscriptionCreate");
      const subscription = uri && subscribe(state.subscriptions, { shop: shop.domain, topic, uri });
      if (!subscription) return { webhookSubscription: null, userErrors: [{ message: "Address for this topic has already been taken" }] };
      return { webhookSubscription: subscription, userErrors: [] };
    },
    tagsAdd: ({ id, tags }: TagsArgs) => changeTags(state, { shop, id, tags, add: true, demand, now: call.now }),
    tagsRemove: ({ id, tags }: TagsArgs) => changeTags(state, { shop, id, tags, add: false, demand, now: call.now }),
    codeDiscountNodeByCode({ code }: { code: string }) {
      demand("read_discounts", "codeDiscountNodeByCode");
      return discountByCode(state, shop, code, call.now);
    },
    discountCodeBasicCreate({ basicCodeDiscount }: { basicCodeDiscount: DiscountInput }) {
      demand("write_discounts", "discountCodeBasicCreate");
      return createDiscount(state, shop, basicCodeDiscount, call.now);
    },
    discountRedeemCodeBulkAdd(args: { discountId: string; codes: { code: string }[] }) {
      demand("write_discounts", "discountRedeemCodeBulkAdd");
      return addRedeemCodes(state, shop, args, call.now);
    },
    discountRedeemCodeBulkCreation({ id }: { id: string }) {
      demand("read_discounts", "discountRedeemCodeBulkCreation");
      return redeemCreation(state, shop, id, call.now);
    },
    discountCodeDeactivate({ id }: { id: string }) {
      demand("write_discounts", "discountCodeDeactivate");
      return deactivateDiscount(state, shop, id, call.now);
    },
    fulfillmentCreate({ fulfillment }: { fulfillment: FulfilmentInput }) {
      demand("write_merchant_managed_fulfillment_orders", "fulfillmentCreate");
      return createFulfilment(state, shop, fulfillment, call.now);
    },
    fulfillmentTrackingInfoUpdate({ fulfillmentId, trackingInfoInput }: { fulfillmentId: string; trackingInfoInput: TrackingInput }) {
      demand("write_merchant_managed_fulfillment_orders", "fulfillmentTrackingInfoUpdate");
      return updateTracking(state, shop, { id: fulfillmentId, tracking: trackingInfoInput, now: call.now });
    },
    webPixel() {
      demand("read_pixels", "webPixel");
      return pixelOf(state, shop);
    },
    webPixelCreate() {
      demand("write_pixels", "webPixelCreate");
      demand("read_customer_events", "webPixelCreate");
      return createPixel(state, { shop, now: call.now });
    },
    webPixelDelete() {
      demand("write_pixels", "webPixelDelete");
      return deletePixel(state, { shop, now: call.now });
    },
    flowTriggerReceive: (args: FlowArgs) => receiveFlowTrigger(state, { shop, ...args, demand, now: call.now }),
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
