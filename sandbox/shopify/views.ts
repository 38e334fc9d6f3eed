import type { Currency } from "#sandbox/currencies.ts";
import { hashOf } from "#sandbox/seed.ts";
import { linesOf } from "#sandbox/shop/build.ts";
import type { DraftRow, PostalAddress, Shop, ShopCustomer, ShopOrder, ShopProduct } from "#sandbox/shop/model.ts";
import { amountText, parsePrice, roundedLine } from "#sandbox/shop/money.ts";
import { fulfilmentStatus, parcelsOf } from "#sandbox/shop/parcels.ts";
import { countryCodeOf } from "./countries.ts";
import { fulfilmentOrderOf, mayFulfil, type Sent, sentView, statusOfSent, unsentOf } from "./fulfilments.ts";
import { type PageArgs, pageOf } from "./page.ts";

/** Asks for a scope by the field that needs it; throws ACCESS_DENIED when the token lacks it. */
export type Demand = (scope: string, field: string) => void;

/** What every view may ask of its request: what was written to a thing since. */
export interface Within {
  tagsOf(gid: string): readonly string[];
  /** What an application wrote into a customer's own fields. */
  fieldsOf(gid: string): Partial<Record<CustomerField, string | null>>;
}

/** The fields of a customer that applications write here. */
export type CustomerField = "firstName" | "lastName" | "phone";

/** A field's resolver: the thing that it stands in says which one is meant. */
function tagsOf(this: { id: string }, _arguments: unknown, { tagsOf: written }: Within): readonly string[] {
  return written(this.id);
}

export const iso = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;

function money(minor: number, currencyCode: Currency) {
  return bag(amountText(minor, currencyCode), currencyCode);
}

function bag(amount: string, currencyCode: string) {
  const shopMoney = { amount, currencyCode };
  return { shopMoney, presentmentMoney: shopMoney };
}

export interface OrderSeen {
  demand: Demand;
  now: number;
  /** What applications sent of it, and what Shopify thinks of its risk. */
  sentOf(order: ShopOrder): readonly Sent[];
  riskOf(order: ShopOrder): { recommendation: string; level: string };
}

export function orderView(shop: Shop, order: ShopOrder, { demand, now, sentOf, riskOf }: OrderSeen) {
  const { currency } = order;
  const sent = sentOf(order);
  const unsent = (place: number) => unsentOf(order, { place, sent, now });
  const parcels = parcelsOf(order, now);
  const lineIdBase = order.id * 10_000;
  return {
    __typename: "Order",
    tags: tagsOf,
    id: `gid://shopify/Order/${order.id}`,
    name: `#${order.id}`,
    createdAt: iso(order.createdAt),
    updatedAt: iso(order.updatedAt),
    processedAt: iso(order.createdAt),
    cancelledAt: order.cancelledAt === undefined ? null : iso(order.cancelledAt),
    cancelReason: order.cancelledAt === undefined ? null : "CUSTOMER",
    test: order.test ?? false,
    edited: order.edit !== undefined,
    displayFinancialStatus: financialStatus(order),
    displayFulfillmentStatus: sent.length > 0 ? statusOfSent(order, sent, now) : fulfilmentStatus(order, parcels),
    discountCodes: order.codes ?? [],
    fulfillments: ({ first }: { first?: number | null }) =>
      [
        ...parcels.map(({ id, status, displayStatus, createdAt, deliveredAt }) => ({
          id: `gid://shopify/Fulfillment/${id}`,
          status,
          displayStatus,
          createdAt: iso(createdAt),
          deliveredAt: deliveredAt === null ? null : iso(deliveredAt),
          trackingInfo: [],
        })),
        ...sent.map(sentView),
      ].slice(0, first ?? undefined),
    fulfillmentOrders(args: PageArgs) {
      // A token that may not see them is not refused: it sees none.
      const all = mayFulfil(demand) ? [order] : [];
      return pageOf(all, args, { id: ({ id }) => id, value: ({ id }) => id }, () => ({
        id: `gid://shopify/FulfillmentOrder/${fulfilmentOrderOf(order)}`,
        status: order.cancelledAt !== undefined ? "CANCELLED" : linesOf(order).some(({ place }) => unsent(place) > 0) ? "OPEN" : "CLOSED",
        assignedLocation: { name: "Shop", location: { id: "gid://shopify/Location/1" } },
        lineItems: (of: PageArgs) =>
          pageOf(linesOf(order), of, { id: ({ place }) => place, value: ({ place }) => place }, ({ place, current }) => ({
            id: `gid://shopify/FulfillmentOrderLineItem/${lineIdBase + place}`,
            remainingQuantity: unsent(place),
            totalQuantity: current,
            lineItem: () => lineView(shop, order, place, unsent(place)),
          })),
      }));
    },
    taxesIncluded: false,
    risk() {
      const { recommendation, level } = riskOf(order);
      return { recommendation, assessments: level === "" ? [] : [{ riskLevel: level }] };
    },
    currencyCode: currency,
    email: order.checkout?.email ?? null,
    phone: order.checkout?.phone ?? null,
    currentSubtotalLineItemsQuantity: () => linesOf(order).reduce((sum, { current }) => sum + current, 0),
    originalTotalPriceSet: () => money(order.gross, currency),
    totalPriceSet: () => money(order.total, currency),
    subtotalPriceSet: () => money(order.total, currency),
    currentTotalPriceSet: () => money(order.current, currency),
    totalRefundedSet: () => money(order.refunded, currency),
    totalDiscountsSet: () => money(0, currency),
    totalTaxSet: () => money(0, currency),
    totalShippingPriceSet: () => money(0, currency),
    customer() {
      demand("read_customers", "customer");
      const customer = order.customerId === null ? undefined : shop.customerById.get(order.customerId);
      return customer ? customerView(shop, customer) : null;
    },
    shippingAddress: addressView(order.checkout?.shippingAddress, order.country),
    billingAddress: addressView(order.checkout?.billingAddress, order.country),
    transactions: ({ first }: { first?: number | null }) => transactionsOf(order).slice(0, first ?? undefined),
    lineItems: (args: PageArgs) =>
      pageOf(linesOf(order), args, { id: ({ place }) => place, value: ({ place }) => place }, ({ place }) =>
        lineView(shop, order, place, unsent(place)),
      ),
    refunds: ({ first }: { first?: number | null }) =>
      order.refunds.slice(0, first ?? undefined).map((refund) => ({
        id: `gid://shopify/Refund/${refund.id}`,
        createdAt: iso(refund.createdAt),
        updatedAt: iso(refund.createdAt),
        totalRefundedSet: () => money(refund.amount, currency),
      })),
  };
}

function lineView(shop: Shop, order: ShopOrder, place: number, unsent: number) {
  const { currency } = order;
  const { code, quantity, current, price } = linesOf(order)[place] ?? { code: "", quantity: 0, current: 0, price: "0" };
  const product = shop.productByCode.get(code);
  const full = roundedLine(quantity, parsePrice(price), currency);
  const total = () => money(full, currency);
  return {
    id: `gid://shopify/LineItem/${order.id * 10_000 + place}`,
    title: product?.title ?? code,
    name: product?.title ?? code,
    quantity,
    currentQuantity: order.cancelledAt === undefined ? current : 0,
    unfulfilledQuantity: unsent,
    taxLines: [],
    sku: code,
    originalUnitPriceSet: () => bag(price, currency),
    originalTotalSet: total,
    // Without what is taken off the whole order by a code.
    discountedTotalSet: total,
    discountAllocations: () =>
      order.codeOff === undefined ? [] : [{ allocatedAmountSet: money(Math.round((full * order.codeOff) / 100), currency) }],
    product: () => (product ? productView(shop, product) : null),
    variant: () => (product ? variantView(product) : null),
  };
}

export function draftView(shop: Shop, draft: DraftRow, seen: OrderSeen) {
  const customer = shop.customerById.get(draft.customerId);
  const order = shop.orders.find(({ id }) => id === draft.orderId);
  return {
    __typename: "DraftOrder",
    id: `gid://shopify/DraftOrder/${draft.id}`,
    name: `#D${draft.id}`,
    status: draft.status,
    createdAt: iso(draft.createdAt),
    updatedAt: iso(draft.updatedAt),
    currencyCode: shop.currency,
    totalPriceSet: () => money(draft.total, shop.currency),
    customer: customer ? customerView(shop, customer) : null,
    order: order ? orderView(shop, order, seen) : null,
  };
}

/** Where nothing was typed, the country alone, as of a buyer of the file; null: there is no address, or it is withheld. */
function addressView(typed: PostalAddress | null | undefined, country: string) {
  if (typed === null) return null;
  return {
    ...{ address1: null, address2: null, city: null, zip: null, phone: null, province: null, provinceCode: null },
    ...{ company: null, firstName: null, lastName: null },
    ...typed,
    name: [typed?.firstName, typed?.lastName].filter(Boolean).join(" ") || null,
    country,
    countryCodeV2: typed?.countryCode ?? countryCodeOf[country] ?? null,
  };
}

/** One that paid: by card, where the gateway told which; by a wallet that tells nothing (null), or by what nobody knows (left out). */
function transactionsOf({ id, checkout, paidAt }: ShopOrder) {
  if (paidAt === null) return [];
  const card = checkout?.card;
  const paid = (paymentDetails: object | null) => [{ id: `gid://shopify/OrderTransaction/${id}`, paymentDetails }];
  if (card === undefined) return paid(null);
  if (card === null) return paid({ __typename: "PaypalWalletPaymentDetails", paymentMethodName: "paypal" });
  const { bin = null, lastDigits, expirationMonth = null, expirationYear = null } = card;
  const number = lastDigits ? `•••• •••• •••• ${lastDigits}` : null;
  return paid({ __typename: "CardPaymentDetails", company: "Visa", ...{ bin, number, expirationMonth, expirationYear } });
}

export function financialStatus(order: ShopOrder): string {
  if (order.paidAt === null) return order.cancelledAt === undefined ? "PENDING" : "VOIDED";
  if (order.refunded === 0) return order.cancelledAt === undefined ? "PAID" : "VOIDED";
  return order.refunded >= order.total ? "REFUNDED" : "PARTIALLY_REFUNDED";
}

export function productView(shop: Pick<Shop, "domain">, product: ShopProduct) {
  const handle = handleOf(product);
  const status = product.status ?? "ACTIVE";
  return {
    __typename: "Product",
    tags: tagsOf,
    id: `gid://shopify/Product/${product.id}`,
    title: product.title,
    handle,
    status,
    vendor: "House",
    productType: product.type ?? "Gift",
    totalInventory: product.inventory,
    tracksInventory: true,
    createdAt: iso(product.updatedAt),
    updatedAt: iso(product.updatedAt),
    onlineStoreUrl: status === "ACTIVE" ? `https://${shop.domain}/products/${handle}` : null,
    description: `${product.title}, as the shop describes it.`,
    featuredMedia: { preview: { image: { url: `https://${shop.domain}/cdn/${product.id}.jpg` } } },
    variants: (args: PageArgs) => pageOf([product], args, { id: ({ id }) => id, value: ({ id }) => id }, variantView),
  };
}

const dashed = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const handleOf = ({ title, code }: ShopProduct) => `${dashed(title).replace(/^-|-$/g, "")}-${dashed(code)}`;

const variantView = (product: ShopProduct) => ({
  id: `gid://shopify/ProductVariant/${product.id}`,
  title: "Default Title",
  sku: product.code,
  price: product.price,
  compareAtPrice: product.compareAt ?? null,
  inventoryQuantity: product.inventory,
});

export const addressOf = ({ id }: ShopCustomer): string => `customer-${id}@example.com`;

/** What a customer agreed to be mailed, in Shopify's words. */
export const emailConsentOf = ({ id, consent }: ShopCustomer): string =>
  consent?.email ?? (hashOf(`consent ${id}`) % 3 === 0 ? "NOT_SUBSCRIBED" : "SUBSCRIBED");

/** What merchants' imports and forms leave behind. */
const strangeBirths = ["1900-01-01", "2199-05-04", "1990-02-30", "23/04/1990", "0000-00-00", "spring"];

/** What a customer's field for the date of birth holds: four in ten have none, one in ten nonsense, one in ten the 29th of February. */
export function birthOf({ id, birth }: Pick<ShopCustomer, "id" | "birth">): string | null {
  if (birth !== undefined) return birth;
  const draw = hashOf(`birth ${id}`);
  if (draw % 10 < 4) return null;
  if (draw % 10 === 4) return strangeBirths[(draw >>> 8) % strangeBirths.length] ?? null;
  if (draw % 10 === 5) return `${1948 + 4 * ((draw >>> 8) % 14)}-02-29`;
  return new Date(Date.UTC(1950 + ((draw >>> 8) % 50), 0, 1 + ((draw >>> 4) % 365))).toISOString().slice(0, 10);
}

/** The standard definition, which a shop has once it turned it on (../shared/writes-and-voice.md, Shopify / consent and birthday). */
function metafieldOf(customer: ShopCustomer, { namespace, key }: { namespace?: string | null; key: string }) {
  const isBirth = namespace === "facts" && key === "birth_date";
  const value = isBirth ? birthOf(customer) : namespace === "custom" && key === "tax_id" ? (customer.person?.taxId ?? null) : null;
  const type = isBirth ? "date" : "single_line_text_field";
  return value === null ? null : { __typename: "Metafield", id: `gid://shopify/Metafield/${customer.id}`, namespace, key, type, value };
}

/** What they typed in their account; else a number of their own, where they were asked about text messages. */
function phoneView({ id, consent, person }: ShopCustomer, { phone }: ReturnType<Within["fieldsOf"]>) {
  const own = person?.phone === undefined && consent?.sms ? `+4420${String(id).padStart(8, "0")}` : person?.phone;
  const phoneNumber = phone === undefined ? own : phone;
  return phoneNumber ? { phoneNumber, marketingState: consent?.sms ?? "NOT_SUBSCRIBED" } : null;
}

export function customerView(shop: Shop, customer: ShopCustomer) {
  const gid = `gid://shopify/Customer/${customer.id}`;
  return {
    __typename: "Customer",
    tags: tagsOf,
    id: gid,
    displayName: `Customer ${customer.id}`,
    firstName: (_: unknown, { fieldsOf }: Within) => fieldsOf(gid).firstName ?? customer.person?.firstName ?? null,
    lastName: (_: unknown, { fieldsOf }: Within) => fieldsOf(gid).lastName ?? customer.person?.lastName ?? null,
    taxExempt: customer.person?.taxExempt ?? false,
    defaultAddress: addressView({ company: customer.person?.company ?? null }, customer.country),
    defaultEmailAddress:
      customer.person?.email === null
        ? null
        : { emailAddress: customer.person?.email ?? addressOf(customer), marketingState: emailConsentOf(customer) },
    defaultPhoneNumber: (_: unknown, { fieldsOf }: Within) => phoneView(customer, fieldsOf(gid)),
    addressesV2: (args: PageArgs) =>
      pageOf(
        (customer.person?.addresses ?? []).map((typed, place) => ({ typed, place })),
        args,
        { id: ({ place }) => place, value: ({ place }) => place },
        ({ typed }) => addressView(typed, customer.country),
      ),
    numberOfOrders: String(customer.orders),
    amountSpent: { amount: amountText(customer.spent, shop.currency), currencyCode: shop.currency },
    metafield: (args: { namespace?: string | null; key: string }) => metafieldOf(customer, args),
    createdAt: iso(customer.createdAt),
    updatedAt: iso(customer.updatedAt),
  };
}
