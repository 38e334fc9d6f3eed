import { encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import { Decimal, UnknownCurrency } from "#server/catalog/money.ts";
import { shopPattern } from "#server/catalog/providers/shopify.ts";
import { shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import { deliveries } from "#server/catalog/providers/shopify-deliveries.ts";
import type { OrderRecord } from "#server/catalog/records.ts";
import { recordsOf, type ShopifyOrder } from "#server/catalog/sensors/shopify-orders.ts";
import { bodyOf, type Writer } from "#server/catalog/writer.ts";
import { ProviderError } from "#server/errors.ts";
import { parseJson } from "./json.ts";
import { hmacOf, isSigned } from "./signature.ts";
import type { Effect, Incoming, PrivacyDemand, Verdict, Webhook, WebhookEvent } from "./webhook.ts";

/** The newer "Events" deliveries drop the `x-`; where both come, Shopify's own library takes those first. */
const header = ({ headers }: Incoming, name: string): string | null => headers.get(`shopify-${name}`) ?? headers.get(`x-shopify-${name}`);

/**
 * Base64 over the raw body alone: topic, shop, id and time stand in headers that nobody signed (shopify.dev, "Verify webhook
 * deliveries"). So they are held against the body wherever it says the same. What is left to somebody who holds a signed body of
 * our app: to send it once more under another id or time (which ends an access that was given anew since the shop uninstalled, and
 * brings back no order, since newer states win), and to send one that names no shop (products, stock, parcels, scopes) as another
 * shop's, where it makes a sensor read early, or tells another list of scopes until the next consent or list. A deletion names no shop
 * either, but an id that no other shop has.
 */
async function read(incoming: Incoming): Promise<Verdict> {
  const given = header(incoming, "hmac-sha256");
  if (given === null) return { is: "refused", reason: "no_signature" };
  const expected = encodeBase64(await hmacOf(incoming.secret("SHOPIFY_CLIENT_SECRET"), incoming.body));
  if (!isSigned(expected, given)) return { is: "refused", reason: "wrong_signature" };
  const topic = header(incoming, "topic");
  const shop = header(incoming, "shop-domain")?.toLowerCase() ?? "";
  const id = header(incoming, "webhook-id");
  const body = parseJson(incoming.body);
  if (!topic || !id || !shopPattern.test(shop) || body === undefined) return { is: "refused", reason: "unreadable" };
  return verdictOn({ topic, shop, id, body, triggeredAt: header(incoming, "triggered-at") });
}

interface Signed {
  topic: string;
  shop: string;
  id: string;
  body: unknown;
  triggeredAt: string | null;
}

function verdictOn({ topic, shop, id, body, triggeredAt }: Signed): Verdict {
  const named = isOf(topic, body) ? shopIn(topic, body) : null;
  if (named === null) return { is: "refused", reason: "unreadable" };
  if (named.domain !== undefined && named.domain !== shop) return { is: "refused", reason: "other_account" };
  const at = Date.parse(triggeredAt ?? "");
  const privacy = demandOf(topic, body);
  const event: WebhookEvent = {
    key: id,
    topic,
    account: shop,
    ...(named.id !== undefined && { externalId: named.id }),
    occurredAt: Number.isNaN(at) ? null : at,
    payload: keptOf(topic, body),
    ...(privacy && { privacy }),
  };
  return { is: "events", events: [event] };
}

const kinds: Readonly<Record<string, string>> = {
  orders: "Order",
  products: "Product",
  refunds: "Refund",
  fulfillments: "Fulfillment",
  fulfillment_events: "FulfillmentEvent",
  inventory_levels: "InventoryLevel",
};
const Global = z.object({ admin_graphql_api_id: z.string() });
/** Only a body of this topic has this field: the three of privacy law are alike otherwise, and one erases more than another. */
const markOf: Readonly<Record<string, string>> = { "customers/data_request": "orders_requested", "customers/redact": "orders_to_redact" };
const marks = new Set(["customer", ...Object.values(markOf)]);

/** Whether the signed body may be one of this topic: a topic is said by a header that is not signed. */
function isOf(topic: string, body: unknown): boolean {
  if (deletions.has(topic)) return Deleted.safeParse(body).success;
  if (topic === "customers/delete") return DeletedCustomer.safeParse(body).success;
  const kind = kinds[topic.split("/")[0] ?? ""];
  const id = Global.safeParse(body).data?.admin_graphql_api_id;
  if (kind !== undefined) return id === undefined || id.startsWith(`gid://shopify/${kind}/`);
  if (!topic.startsWith("customers/") && topic !== "shop/redact") return true;
  const fields = typeof body === "object" && body !== null ? Object.keys(body) : [];
  const allowed = topic === "shop/redact" ? [] : ["customer", markOf[topic]];
  return fields.every((field) => !marks.has(field) || allowed.includes(field));
}

const Uninstalled = z.object({ myshopify_domain: z.string().toLowerCase() });
const Named = z.object({ shop_domain: z.string().toLowerCase() });
const Linked = z.object({ order_status_url: z.url() });

/** A shop as a signed body names it: by its domain, or by its id as connections have it. */
interface NamedShop {
  domain?: string;
  id?: string;
}

/**
 * The shop that the signed body names, as far as it does; null where this topic's body must name one and does not. What destroys
 * something is believed of the shop in its body alone.
 */
function shopIn(topic: string, body: unknown): NamedShop | null {
  switch (topic) {
    case "app/uninstalled": {
      const { data } = Uninstalled.safeParse(body);
      return data ? { domain: data.myshopify_domain } : null;
    }
    case "customers/data_request":
    case "customers/redact":
    case "shop/redact": {
      const { data } = Named.safeParse(body);
      return data ? { domain: data.shop_domain } : null;
    }
    default: {
      // An order's own page lies below the shop's domain, or below one that the shop has given itself, and then its id.
      const page = Linked.safeParse(body).data?.order_status_url;
      if (page === undefined) return {};
      const { hostname, pathname } = new URL(page);
      if (shopPattern.test(hostname)) return { domain: hostname };
      const [, id] = /^\/(\d+)\/orders\//.exec(pathname) ?? [];
      return id === undefined ? {} : { id: `gid://shopify/Shop/${id}` };
    }
  }
}

const Id = z.union([z.number().int(), z.string().min(1)]).transform(String);
const OfCustomer = z.object({
  customer: z.object({ id: Id }),
  orders_requested: z.array(Id).optional(),
  orders_to_redact: z.array(Id).optional(),
});

/**
 * What the shop's end, or one of its customers, demands. A body that does not say whose data is meant has no demand. Whom a shop has
 * deleted it knows nothing of any more, and neither shall we: that is met as if they had asked for it.
 */
function demandOf(topic: string, body: unknown): PrivacyDemand | undefined {
  if (topic === "customers/delete") return { kind: "redact_customer", subject: DeletedCustomer.parse(body).id };
  if (topic === "shop/redact") return { kind: "redact_shop", subject: Named.parse(body).shop_domain };
  if (topic !== "customers/data_request" && topic !== "customers/redact") return undefined;
  const parsed = OfCustomer.safeParse(body);
  if (!parsed.success) return undefined;
  const { customer, orders_requested, orders_to_redact } = parsed.data;
  const kind = topic === "customers/redact" ? "redact_customer" : "data_request";
  return { kind, subject: customer.id, orders: orders_requested ?? orders_to_redact ?? [] };
}

const Instant = z.iso.datetime({ offset: true });
const Money = z.object({ shop_money: z.object({ amount: Decimal, currency_code: z.string().regex(/^[A-Z]{3}$/) }) });
const idIn = (kind: string) => z.string().regex(new RegExp(`^gid://shopify/${kind}/\\d+$`));
/** What is kept of an order. The ids that end in a resource's own number are the same as in GraphQL. */
const KeptOrder = z.object({
  admin_graphql_api_id: idIn("Order"),
  processed_at: Instant,
  updated_at: Instant,
  cancelled_at: Instant.nullable(),
  test: z.boolean(),
  total_price_set: Money,
  current_total_price_set: Money.optional(),
  customer: z.object({ admin_graphql_api_id: idIn("Customer") }).nullish(),
  refunded: z.boolean(),
});
/** An order as the REST Admin API writes it. Of its refunds, which hold notes, addresses and cards, it is only told that there are any. */
const Order = KeptOrder.omit({ refunded: true })
  .extend({ refunds: z.array(z.unknown().transform(() => null)).default([]) })
  .transform(({ refunds, ...order }) => ({ ...order, refunded: refunds.length > 0 }));
const Scopes = z.object({ current: z.array(z.string().regex(/^\w{1,80}$/)) });
const orderTopics = new Set(["orders/create", "orders/updated"]);

/** All that is said of an order or a product that is gone. Any other body of one says more, so that none can be sent as this one. */
const Deleted = z.strictObject({ id: Id });
const deletions = new Set(["orders/delete", "products/delete"]);

/**
 * Of a customer who is gone little but the id is said (shopify.dev, Webhooks, customers/delete); any other body of a customer says
 * since when there is one.
 */
const DeletedCustomer = z.object({ id: Id, admin_graphql_api_id: idIn("Customer"), created_at: z.null().optional() });

/** Of a parcel, or of what a carrier says of one, the order that it is of: neither whom it goes to nor where it is. */
const Parcel = z.object({ order_id: Id });
const parcelTopics = ["fulfillments/create", "fulfillments/update", "fulfillment_events/create"];

/** Neither names nor addresses of the shop's customers are kept: what the effect needs, and where that is not there nothing. */
function keptOf(topic: string, body: unknown): unknown {
  if (orderTopics.has(topic)) return Order.safeParse(body).data ?? null;
  if (deletions.has(topic)) return Deleted.parse(body);
  if (parcelTopics.includes(topic)) return Parcel.safeParse(body).data ?? null;
  if (topic === "app/scopes_update") return Scopes.safeParse(body).data ?? null;
  return demandOf(topic, body) ?? {};
}

/**
 * An order as the sensor reads it. What was refunded is told by transactions in the buyer's currency, so an order with refunds,
 * or a cancelled one, is left to the sensor, which asks for them in the shop's own; and so is one that we cannot read.
 */
function orderOf(payload: unknown): ShopifyOrder | null {
  // Of before, when more was kept, it is another shape: the sensor reads that order too.
  const order = KeptOrder.safeParse(payload).data;
  if (!order || order.refunded || order.cancelled_at !== null) return null;
  const { amount, currency_code: currencyCode } = order.total_price_set.shop_money;
  const current = order.current_total_price_set?.shop_money;
  return {
    id: order.admin_graphql_api_id,
    processedAt: order.processed_at,
    updatedAt: order.updated_at,
    cancelledAt: null,
    test: order.test,
    totalPriceSet: { shopMoney: { amount, currencyCode } },
    ...(current && { currentTotalPriceSet: { shopMoney: { amount: current.amount, currencyCode: current.currency_code } } }),
    customer: order.customer ? { id: order.customer.admin_graphql_api_id } : null,
    refunds: [],
  };
}

/** Its record; null where there is none to keep, or where its currency is not known: the sensor's run says so with its name. */
function recordOf(order: ShopifyOrder, timezone: string): OrderRecord | null {
  try {
    return recordsOf(order, timezone)?.order ?? null;
  } catch (error) {
    if (error instanceof UnknownCurrency) return null;
    throw error;
  }
}

function effectOf({ topic, payload }: { topic: string; payload: unknown }, { timezone }: { timezone: string }): Effect {
  switch (topic) {
    case "app/uninstalled":
      return { type: "access_ended", reason: "uninstalled" };
    case "app/scopes_update":
      return payload === null ? { type: "probe" } : { type: "scopes", granted: Scopes.parse(payload).current };
    case "customers/data_request":
    case "customers/redact":
    case "customers/delete":
    case "shop/redact":
      return { type: "privacy", demand: Demand.parse(payload) };
    case "orders/create":
    case "orders/updated": {
      const order = orderOf(payload);
      if (order?.test) return { type: "none", reason: "test" };
      const record = order && recordOf(order, timezone);
      return { type: "wake", happened: "shopify.orders", ...(record && { order: record }) };
    }
    case "orders/delete":
      return { type: "order_deleted", order: Deleted.parse(payload).id, happened: "shopify.orders" };
    case "products/delete":
      return { type: "product_deleted", product: Deleted.parse(payload).id, happened: "shopify.products" };
    case "orders/paid":
    case "orders/cancelled":
    case "refunds/create":
      return { type: "wake", happened: "shopify.orders" };
    case "fulfillments/create":
    case "fulfillments/update":
    case "fulfillment_events/create": {
      const moved = Parcel.safeParse(payload).data?.order_id;
      return { type: "wake", happened: "shopify.parcels", ...(moved !== undefined && { moved }) };
    }
    case "products/create":
    case "products/update":
    case "inventory_levels/update":
      return { type: "wake", happened: "shopify.products" };
    default:
      return { type: "none", reason: "no_reader" };
  }
}

const Demand = z.object({
  kind: z.enum(["data_request", "redact_customer", "redact_shop"]),
  subject: z.string(),
  orders: z.array(z.string()).optional(),
});

const Created = z.object({
  data: z.object({ webhookSubscriptionCreate: z.object({ userErrors: z.array(z.object({ message: z.string() })) }) }),
});
const subscribeMutation = `mutation ($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri }) { userErrors { message } }
}`;

async function subscribe(writer: Writer, topic: string, uri: string): Promise<void> {
  const variables = { topic: topic.toUpperCase().replace("/", "_"), uri };
  const body = { query: subscribeMutation, variables };
  const created = bodyOf("shopify", await writer.send({ method: "POST", path: shopifyGraphql, body }, Created));
  const faults = created.data.webhookSubscriptionCreate.userErrors.filter(({ message }) => !/already been taken/i.test(message));
  if (faults.length > 0) throw new ProviderError("shopify", "rejected", faults.map(({ message }) => message).join("; "));
}

export const shopifyWebhook: Webhook = {
  provider: "shopify",
  secrets: ["SHOPIFY_CLIENT_SECRET"],
  methods: ["POST"],
  accountsAre: "shop",
  // Of what Shopify sends the largest that a limit is told of are the 10 MB of a message of Pub/Sub, over which it sends the same
  // bodies; over HTTPS there is none. An order of 500 lines that was fulfilled and given back is 2.2 MB.
  maxBodyBytes: 10 * 1024 * 1024,
  read,
  effectOf,
  // The three of privacy law are set in the app's own configuration and cannot be asked for.
  subscription: {
    topics: [
      { name: "orders/create" },
      { name: "orders/updated" },
      { name: "orders/delete" },
      { name: "products/update" },
      { name: "products/delete" },
      { name: "customers/delete" },
      ...parcelTopics.map((name) => ({ name, scope: deliveries.scope })),
      { name: "app/uninstalled" },
      { name: "app/scopes_update" },
    ],
    subscribe,
  },
};
