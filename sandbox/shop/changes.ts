import { z } from "zod";
import type { ConsentRow, DraftRow, OrderRow, Person, ProductRow, Shop, ShopRows } from "./model.ts";
import { parsePrice, roundedLine } from "./money.ts";

const at = z.iso.datetime().optional();
const orderId = z.number().int();
const text = z.string().nullable().optional();
const name = { firstName: text, lastName: text, province: text, provinceCode: text };
const address = z.strictObject({ ...name, address1: text, address2: text, city: text, zip: text, countryCode: text, phone: text });
const number = z.number().int().nullable().optional();
const lines = z.array(z.object({ code: z.string(), quantity: z.number().int().positive() })).min(1);

/** What happens in a shop while a test or the demo looks on. `at` is now without it, and may lie ahead. */
export const ShopChange = z.object({
  orders: z
    .array(
      z.object({
        customerId: z.number().int().positive().nullable().default(null),
        lines,
        at,
        codes: z.array(z.string()).optional(),
        /** It is paid later, by one of the `payments`. */
        unpaid: z.boolean().default(false),
        /** What its buyer typed, and with which card it was paid; null: what Shopify answers where there is none, or where it is withheld. */
        checkout: z
          .strictObject({
            ...{ email: text, phone: text, shippingAddress: address.nullable().optional(), billingAddress: address.nullable().optional() },
            card: z.strictObject({ bin: text, lastDigits: text, expirationMonth: number, expirationYear: number }).nullable().optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  payments: z.array(z.object({ orderId, at })).default([]),
  refunds: z.array(z.object({ orderId, amount: z.number().int().positive(), at })).default([]),
  cancellations: z.array(z.object({ orderId, at })).default([]),
  /** An order's lines become these. */
  edits: z.array(z.object({ orderId, lines, at })).default([]),
  /** Orders that are gone from then on, as if they had never been. */
  deletions: z.array(orderId).default([]),
  /** Customers whom the merchant deletes: their orders stay, without them. */
  departures: z.array(z.number().int()).default([]),
  /** All that was sent of an order, in place of the usual parcel. */
  parcels: z
    .array(
      z.object({
        orderId,
        sent: z.array(
          z.object({
            at: z.iso.datetime(),
            deliveredAt: z.iso.datetime().optional(),
            cancelled: z.boolean().default(false),
            partly: z.boolean().default(false),
          }),
        ),
      }),
    )
    .default([]),
  /** What products are sold as from then on; `gone`: no more. */
  products: z
    .array(
      z.object({
        code: z.string(),
        price: z.string().optional(),
        compareAt: z.string().nullable().optional(),
        inventory: z.number().int().optional(),
        status: z.enum(["ACTIVE", "ARCHIVED", "DRAFT"]).optional(),
        type: z.string().optional(),
        gone: z.boolean().default(false),
        at,
      }),
    )
    .default([]),
  /** What customers agree to from then on, in Shopify's words. */
  consents: z.array(z.object({ customerId: z.number().int(), email: z.string().optional(), sms: z.string().optional(), at })).default([]),
  /** What customers have as their date of birth from then on; null: nothing. */
  births: z.array(z.object({ customerId: z.number().int(), value: z.string().nullable() })).default([]),
  /** What customers have in their accounts from then on; null: nothing. */
  persons: z
    .array(
      z.strictObject({
        ...{ customerId: z.number().int(), email: text, phone: text, addresses: z.array(address).optional() },
        ...{ firstName: text, lastName: text, company: text, taxExempt: z.boolean().optional(), taxId: text, at },
      }),
    )
    .default([]),
  /** Draft orders as they are from then on. */
  drafts: z
    .array(
      z.strictObject({
        ...{ id: z.number().int(), customerId: z.number().int(), total: z.number().int(), at, orderId: z.number().int().optional() },
        status: z.enum(["OPEN", "INVOICE_SENT", "COMPLETED"]).default("OPEN"),
      }),
    )
    .default([]),
});
export type ShopChange = z.infer<typeof ShopChange>;

/** A change with its ids, as it is kept and applied again after a restart. */
export interface AppliedChange {
  orders: OrderRow[];
  refunds: { orderId: number; id: number; createdAt: number; amount: number }[];
  payments?: { orderId: number; paidAt: number }[];
  cancellations?: { orderId: number; cancelledAt: number }[];
  edits?: { orderId: number; edit: NonNullable<OrderRow["edit"]> }[];
  deletions?: number[];
  departures?: number[];
  parcels?: { orderId: number; parcels: NonNullable<OrderRow["parcels"]> }[];
  products?: (Partial<ProductRow> & { code: string; changedAt: number; gone: boolean })[];
  consents?: (ConsentRow & { customerId: number })[];
  births?: { customerId: number; value: string | null }[];
  persons?: (Person & { customerId: number })[];
  drafts?: DraftRow[];
}

/** Numbers a change; throws when it names a product or an order that the shop does not have. */
export function numberChange(shop: Shop, change: ShopChange, now: number): AppliedChange {
  const instant = (text: string | undefined) => (text === undefined ? Math.floor(now / 1000) * 1000 : Date.parse(text));
  const known = (id: number) => {
    if (!shop.orders.some((order) => order.id === id)) throw new Error(`${shop.domain} has no order ${id}`);
    return id;
  };
  const priced = (wanted: ShopChange["orders"][number]["lines"]) =>
    wanted.map(({ code, quantity }) => {
      const price = shop.productByCode.get(code)?.price;
      if (price === undefined) throw new Error(`${shop.domain} has no product ${code}`);
      return { code, quantity, price };
    });
  const written = (all: ReturnType<typeof priced>) => all.map(({ code, quantity, price }) => `${code}|${quantity}|${price}`).join(";");
  let nextOrder = shop.orders.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
  let nextRefund = 2_000_001 + shop.orders.reduce((sum, order) => sum + order.refunds.length, 0);
  return {
    orders: change.orders.map(({ customerId, lines, at, codes, unpaid, checkout }) => {
      const taken = priced(lines);
      return {
        id: nextOrder++,
        createdAt: instant(at),
        customerId,
        country: "United Kingdom",
        gross: taken.reduce((sum, { quantity, price }) => sum + roundedLine(quantity, parsePrice(price), shop.currency), 0),
        lines: written(taken),
        refunds: [],
        currency: shop.currency,
        ...(codes && { codes }),
        ...(unpaid && { paidAt: null }),
        ...(checkout && { checkout }),
      };
    }),
    refunds: change.refunds.map(({ orderId, amount, at }) => ({
      orderId: known(orderId),
      id: nextRefund++,
      createdAt: instant(at),
      amount,
    })),
    payments: change.payments.map(({ orderId, at }) => ({ orderId: known(orderId), paidAt: instant(at) })),
    cancellations: change.cancellations.map(({ orderId, at }) => ({ orderId: known(orderId), cancelledAt: instant(at) })),
    edits: change.edits.map(({ orderId, lines, at }) => ({
      orderId: known(orderId),
      edit: { at: instant(at), lines: written(priced(lines)) },
    })),
    deletions: change.deletions.map(known),
    departures: change.departures.map((id) => {
      if (!shop.customerById.has(id)) throw new Error(`${shop.domain} has no customer ${id}`);
      return id;
    }),
    parcels: change.parcels.map(({ orderId, sent }) => ({
      orderId: known(orderId),
      parcels: sent.map(({ at, deliveredAt, ...parcel }) => ({
        ...parcel,
        sentAt: Date.parse(at),
        ...(deliveredAt !== undefined && { deliveredAt: Date.parse(deliveredAt) }),
      })),
    })),
    products: change.products.map(({ at, price, compareAt, inventory, status, type, ...product }) => {
      if (!shop.productByCode.has(product.code)) throw new Error(`${shop.domain} has no product ${product.code}`);
      return {
        ...product,
        changedAt: instant(at),
        ...(price !== undefined && { price }),
        ...(compareAt !== undefined && { compareAt }),
        ...(inventory !== undefined && { inventory }),
        ...(status !== undefined && { status }),
        ...(type !== undefined && { type }),
      };
    }),
    consents: change.consents.map(({ customerId, email, sms, at }) => ({
      customerId,
      at: instant(at),
      ...(email !== undefined && { email }),
      ...(sms !== undefined && { sms }),
    })),
    births: change.births,
    persons: change.persons.map(({ at: typed, ...person }) => ({ ...person, ...(typed !== undefined && { at: instant(typed) }) })),
    drafts: change.drafts.map(({ at: changed, ...draft }) => ({ ...draft, createdAt: instant(changed), updatedAt: instant(changed) })),
  };
}

export function applyChanges(rows: ShopRows, changes: AppliedChange[]): ShopRows {
  if (changes.length === 0) return rows;
  const refunds = changes.flatMap((change) => change.refunds);
  const cancelled = new Map(changes.flatMap(({ cancellations = [] }) => cancellations.map((each) => [each.orderId, each.cancelledAt])));
  const paid = new Map(changes.flatMap(({ payments = [] }) => payments.map((each) => [each.orderId, each.paidAt])));
  const edited = new Map(changes.flatMap(({ edits = [] }) => edits.map((each) => [each.orderId, each.edit])));
  const deleted = new Set(changes.flatMap(({ deletions = [] }) => deletions));
  const orders = [...rows.orders, ...changes.flatMap((change) => change.orders)].filter(({ id }) => !deleted.has(id));
  const departed = new Set<number | null>(changes.flatMap(({ departures = [] }) => departures));
  const sent = new Map(changes.flatMap(({ parcels = [] }) => parcels.map((each) => [each.orderId, each.parcels])));
  const consents = new Map<number, ConsentRow>();
  for (const { customerId, ...consent } of changes.flatMap(({ consents: all = [] }) => all))
    consents.set(customerId, { ...consents.get(customerId), ...consent });
  return {
    products: changedProducts(rows.products, changes),
    consents,
    births: new Map(changes.flatMap(({ births = [] }) => births).map(({ customerId, value }) => [customerId, value])),
    persons: new Map(changes.flatMap(({ persons = [] }) => persons).map(({ customerId, ...person }) => [customerId, person])),
    drafts: draftsAfter(changes),
    orders: orders.map((order) => {
      const added = refunds.filter(({ orderId }) => orderId === order.id);
      const [cancelledAt, edit, paidAt] = [cancelled.get(order.id), edited.get(order.id), paid.get(order.id)];
      return {
        ...order,
        ...(departed.has(order.customerId) && { customerId: null }),
        ...(added.length > 0 && { refunds: [...order.refunds, ...added] }),
        ...(cancelledAt !== undefined && { cancelledAt }),
        ...(edit && { edit }),
        ...(paidAt !== undefined && { paidAt }),
        ...(sent.has(order.id) && { parcels: sent.get(order.id) ?? [] }),
      };
    }),
  };
}

/** Each as it was last written, since when it was first. */
function draftsAfter(changes: readonly AppliedChange[]): DraftRow[] {
  const drafts = new Map<number, DraftRow>();
  for (const draft of changes.flatMap(({ drafts: some = [] }) => some))
    drafts.set(draft.id, { ...draft, createdAt: drafts.get(draft.id)?.createdAt ?? draft.createdAt });
  return [...drafts.values()].sort((a, b) => a.id - b.id);
}

/** Numbered before any is taken out, so that the others keep their ids. */
function changedProducts(all: readonly ProductRow[], changes: readonly AppliedChange[]): ProductRow[] {
  const products = new Map(all.map((product, index) => [product.code, { ...product, id: product.id ?? 7_000_001 + index }]));
  for (const { gone, ...changed } of changes.flatMap(({ products: some = [] }) => some)) {
    const known = products.get(changed.code);
    if (known) products.set(changed.code, { ...known, ...changed });
    if (gone) products.delete(changed.code);
  }
  return [...products.values()];
}
