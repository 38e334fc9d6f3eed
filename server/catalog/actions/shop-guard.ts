import * as z from "zod";
import type { ActionReason } from "#db/words/actions.ts";
import type { Text } from "#db/words/locales.ts";
import type { Account } from "#server/catalog/account.ts";
import { birthDateOf, birthField, metafieldOf, nextAnniversary } from "#server/catalog/anniversary.ts";
import { addDays, dayOf, isTimezone } from "#server/catalog/days.ts";
import { minorUnits } from "#server/catalog/money.ts";
import type { Description, Verdict } from "./action.ts";
import { Amount, amountText, instantText, ShopId } from "./payload.ts";
import { askShop } from "./shopify-wire.ts";

/**
 * What must still be so at the shop right before something is done: part of a payload, so that it is hashed, shown and approved with it.
 * `order`: neither cancelled, nor refunded also in part, nor edited to nothing. `boughtSince`: the customer has placed no order at or after this instant that
 * stands. `price`: the variant is on sale, in stock, and costs no more. `sold`: the same at any price. `birthday`: by the date of birth that the shop has now, the
 * customer's birthday is at most so many days ahead; the date itself rests nowhere.
 */
export const ShopGuard = z
  .strictObject({
    order: ShopId.optional(),
    boughtSince: z.iso.datetime().optional(),
    price: z.strictObject({ product: ShopId, variant: ShopId, atMost: Amount }).optional(),
    sold: z.strictObject({ product: ShopId, variant: ShopId }).optional(),
    birthday: z.strictObject({ field: z.string().regex(birthField), within: z.number().int().min(0).max(60) }).optional(),
  })
  .refine((guard) => Object.values(guard).some((each) => each !== undefined), "a guard says something");
export type ShopGuard = z.output<typeof ShopGuard>;

/** What reading it takes at the shop. */
export const guardScopes = ["read_orders", "read_products", "read_customers"];

const labels = {
  order: { en: "Only if this order stands", fr: "Seulement si cette commande tient", he: "רק אם ההזמנה בתוקף" },
  boughtSince: { en: "Only without an order since", fr: "Seulement sans commande depuis", he: "רק ללא הזמנה מאז" },
  price: { en: "Only at or below", fr: "Seulement à ce prix ou moins", he: "רק במחיר הזה או פחות" },
  sold: { en: "Only while on sale and in stock", fr: "Seulement si en vente et en stock", he: "רק כל עוד נמכר וקיים במלאי" },
  birthday: {
    en: "Only if the birthday is at most this many days away",
    fr: "Seulement si l’anniversaire est dans ce nombre de jours au plus",
    he: "רק אם יום ההולדת בתוך מספר הימים הזה לכל היותר",
  },
} satisfies Record<keyof ShopGuard, Text>;

/** As a person reads it before deciding. */
export const describeGuard = ({ order, boughtSince, price, sold, birthday }: ShopGuard): Description["fields"] => [
  ...(order !== undefined ? [{ label: labels.order, value: order }] : []),
  ...(boughtSince !== undefined ? [{ label: labels.boughtSince, value: instantText(boughtSince) }] : []),
  ...(price !== undefined ? [{ label: labels.price, value: amountText(price.atMost) }] : []),
  ...(sold !== undefined ? [{ label: labels.sold, value: sold.product }] : []),
  ...(birthday !== undefined ? [{ label: labels.birthday, value: String(birthday.within) }] : []),
];

/** Whether it is still so; asks only for what the guard names. */
export async function holdsAtShop(
  shop: Account,
  guard: ShopGuard,
  { customerId, now }: { customerId: string; now: number },
): Promise<Verdict> {
  const { order, boughtSince, price, sold, birthday } = guard;
  const why =
    (order !== undefined ? await orderFault(shop, order) : null) ??
    (boughtSince !== undefined ? await boughtFault(shop, boughtSince, customerId) : null) ??
    (price !== undefined ? await priceFault(shop, price) : null) ??
    (sold !== undefined ? await soldFault(shop, sold) : null) ??
    (birthday !== undefined ? await birthdayFault(shop, birthday, { customerId, now }) : null);
  return why === null ? { valid: true } : { valid: false, why };
}

const ShopMoney = z.object({ shopMoney: z.object({ amount: z.string().transform(Number) }) });
const Order = z.object({
  data: z.object({
    order: z
      .object({
        ...{ cancelledAt: z.string().nullable(), totalRefundedSet: ShopMoney, totalPriceSet: ShopMoney },
        currentTotalPriceSet: ShopMoney,
      })
      .nullable(),
  }),
});

async function orderFault(shop: Account, order: string): Promise<ActionReason | null> {
  const amounts = ["totalRefundedSet", "totalPriceSet", "currentTotalPriceSet"].map((name) => `${name} { shopMoney { amount } }`).join(" ");
  const query = `query ($id: ID!) { order(id: $id) { cancelledAt ${amounts} } }`;
  const { data } = await askShop(shop, { query, variables: { id: `gid://shopify/Order/${order}` } }, Order);
  if (!data.order) return "gone";
  if (data.order.cancelledAt !== null) return "cancelled";
  const { totalRefundedSet: refunded, totalPriceSet: total, currentTotalPriceSet: left } = data.order;
  // All of it was taken out by an edit, which gives nothing back by itself.
  const emptied = total.shopMoney.amount > 0 && left.shopMoney.amount === 0;
  return refunded.shopMoney.amount > 0 || emptied ? "returned" : null;
}

const Orders = z.object({ data: z.object({ orders: z.object({ nodes: z.array(z.object({ cancelledAt: z.string().nullable() })) }) }) });

async function boughtFault(shop: Account, since: string, customerId: string): Promise<ActionReason | null> {
  const query = "query ($search: String) { orders(first: 20, query: $search) { nodes { cancelledAt } } }";
  const search = `customer_id:${customerId} AND created_at:>='${since}'`;
  const { data } = await askShop(shop, { query, variables: { search } }, Orders);
  return data.orders.nodes.some(({ cancelledAt }) => cancelledAt === null) ? "bought_meanwhile" : null;
}

const Product = z.object({
  data: z.object({
    product: z
      .object({
        status: z.string(),
        variants: z.object({ nodes: z.array(z.object({ id: z.string(), price: z.string(), inventoryQuantity: z.number().nullable() })) }),
      })
      .nullable(),
  }),
});

/** The variant as it is on sale and in stock at this moment, or why it is not. */
async function onSale(shop: Account, { product, variant }: NonNullable<ShopGuard["sold"]>): Promise<{ price: string } | ActionReason> {
  const query = "query ($id: ID!) { product(id: $id) { status variants(first: 250) { nodes { id price inventoryQuantity } } } }";
  const { data } = await askShop(shop, { query, variables: { id: `gid://shopify/Product/${product}` } }, Product);
  const sold = data.product?.variants.nodes.find(({ id }) => id === `gid://shopify/ProductVariant/${variant}`);
  if (!data.product || !sold || data.product.status !== "ACTIVE") return "gone";
  return sold.inventoryQuantity !== null && sold.inventoryQuantity <= 0 ? "sold_out" : sold;
}

async function soldFault(shop: Account, of: NonNullable<ShopGuard["sold"]>): Promise<ActionReason | null> {
  const sold = await onSale(shop, of);
  return typeof sold === "string" ? sold : null;
}

async function priceFault(shop: Account, { atMost, ...of }: NonNullable<ShopGuard["price"]>): Promise<ActionReason | null> {
  const sold = await onSale(shop, of);
  if (typeof sold === "string") return sold;
  // A shop that counts in another currency by now sells at no price that was approved.
  const comparable = shop.currency === undefined || shop.currency === atMost.currency;
  return comparable && minorUnits(sold.price, atMost.currency) <= atMost.minor ? null : "price_changed";
}

const Birth = z.object({ data: z.object({ customer: z.object({ birth: z.object({ value: z.string() }).nullable() }).nullable() }) });

async function birthdayFault(
  shop: Account,
  { field, within }: NonNullable<ShopGuard["birthday"]>,
  { customerId, now }: { customerId: string; now: number },
): Promise<ActionReason | null> {
  const query =
    "query ($id: ID!, $namespace: String!, $key: String!) { customer(id: $id) { birth: metafield(namespace: $namespace, key: $key) { value } } }";
  const variables = { id: `gid://shopify/Customer/${customerId}`, ...metafieldOf(field) };
  const { data } = await askShop(shop, { query, variables }, Birth);
  const today = dayOf(now, shop.timezone !== undefined && isTimezone(shop.timezone) ? shop.timezone : "UTC");
  const born = birthDateOf(data.customer?.birth?.value, today);
  return born !== null && nextAnniversary(born, today) <= addDays(today, within) ? null : "gone";
}
