import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import type { Text } from "#db/words/locales.ts";
import type { Account } from "#server/catalog/account.ts";
import { idOf } from "#server/catalog/providers/shopify-api.ts";
import { type Attempt, type Doing, defineAction } from "./action.ts";
import { ShopId } from "./payload.ts";
import { askShop, changeShop } from "./shopify-wire.ts";
import { Carrier, failed, Quantity, supplyLabels, yesOrNo } from "./supply-words.ts";

const Payload = z.strictObject({
  orderId: ShopId,
  /** All parcels that are known of it by now. */
  numbers: z
    .array(z.string().regex(/^[A-Za-z0-9]{4,40}$/))
    .min(1)
    .max(10),
  carrier: Carrier,
  lines: z
    .array(z.strictObject({ line: ShopId, quantity: Quantity }))
    .min(1)
    .max(50),
  /** Whether Shopify tells the customer. */
  notify: z.boolean(),
});
type Payload = z.output<typeof Payload>;

const scopes = ["read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"];

const Order = z.object({
  data: z.object({
    order: z
      .object({
        cancelledAt: z.string().nullable(),
        fulfillments: z.array(
          z.object({ id: z.string(), status: z.string(), trackingInfo: z.array(z.object({ number: z.string().nullable() })) }),
        ),
        fulfillmentOrders: z.object({
          nodes: z.array(
            z.object({
              id: z.string(),
              assignedLocation: z.object({ location: z.object({ id: z.string() }).nullable() }),
              lineItems: z.object({
                nodes: z.array(z.object({ id: z.string(), remainingQuantity: z.number().int(), lineItem: z.object({ id: z.string() }) })),
              }),
            }),
          ),
        }),
      })
      .nullable(),
  }),
});
type Order = NonNullable<z.output<typeof Order>["data"]["order"]>;
const query = `query ($id: ID!) { order(id: $id) {
  cancelledAt
  fulfillments(first: 20) { id status trackingInfo(first: 10) { number } }
  fulfillmentOrders(first: 10) { nodes { id assignedLocation { location { id } } lineItems(first: 100) { nodes { id remainingQuantity lineItem { id } } } } }
} }`;
const createQuery = `mutation ($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
}`;
const updateQuery = `mutation ($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) { fulfillment { id } userErrors { field message } }
}`;
const Changed = z.object({ fulfillment: z.object({ id: z.string() }) });

const read = async (account: Account, order: string): Promise<Order | null> =>
  (await askShop(account, { query, variables: { id: `gid://shopify/Order/${order}` } }, Order)).data.order;

const linesText = ({ length }: Payload["lines"]): Text =>
  length === 1 ? { en: "1 line", fr: "1 ligne", he: "שורה אחת" } : { en: `${length} lines`, fr: `${length} lignes`, he: `${length} שורות` };

/** The parcel of the shop's that has one of these numbers already, and whether it has them all. */
function ownOf({ fulfillments }: Order, numbers: readonly string[]): { id: string; complete: boolean } | null {
  for (const { id, status, trackingInfo } of fulfillments) {
    const there = new Set(trackingInfo.map(({ number }) => number));
    if (status !== "CANCELLED" && numbers.some((number) => there.has(number)))
      return { id, complete: numbers.every((number) => there.has(number)) };
  }
  return null;
}

/** What is still to be sent of the payload's lines, by the shop's fulfilment orders; `locations`: from how many places. */
function toSend({ fulfillmentOrders }: Order, lines: Payload["lines"]) {
  const left = new Map(lines.map(({ line, quantity }) => [line, quantity]));
  const parts = fulfillmentOrders.nodes.flatMap(({ id, assignedLocation, lineItems }) => {
    const items = lineItems.nodes.flatMap(({ id: item, remainingQuantity, lineItem }) => {
      const line = idOf(lineItem.id);
      const quantity = Math.min(left.get(line) ?? 0, remainingQuantity);
      if (quantity <= 0) return [];
      left.set(line, (left.get(line) ?? 0) - quantity);
      return [{ id: item, quantity }];
    });
    return items.length > 0
      ? [{ fulfillmentOrderId: id, fulfillmentOrderLineItems: items, location: assignedLocation.location?.id ?? "" }]
      : [];
  });
  return { parts: parts.map(({ location: _, ...part }) => part), locations: new Set(parts.map(({ location }) => location)).size };
}

async function doneOf({ account }: Doing, { orderId, numbers }: Payload): Promise<Receipt | "absent"> {
  const order = await read(account, orderId);
  const own = order && ownOf(order, numbers);
  return own?.complete ? { id: own.id } : "absent";
}

/**
 * Tells the shop in which parcels a supplier sent what it was ordered, by the shop's fulfilment orders: only the lines that were ordered there, and
 * only what is still unsent of them. A supplier that later names a further parcel of the same lines has it added to those that are there.
 *
 * Done once: Shopify takes no key for it. A parcel with one of these numbers is looked for before anything is sent, and after a lost reply
 * (../shared/writes-and-voice.md, Shopify / fulfilment and delivery); what is sent already cannot be sent again.
 */
export const shopifyFulfilment = defineAction<Payload>({
  id: "shopify-fulfilment",
  title: { en: "Add tracking in Shopify", fr: "Ajouter le suivi dans Shopify", he: "הוספת מעקב ב-Shopify" },
  need: { provider: "shopify", scopes: ["read_orders", ...scopes] },
  payload: Payload,
  touches: "catalog",
  describe: ({ orderId, numbers, carrier, lines, notify }) => ({
    sentence: {
      en: `Mark ${linesText(lines).en} of order ${orderId} as sent in Shopify, with tracking ${numbers.join(", ")}.`,
      fr: `Indiquer dans Shopify l’envoi de ${linesText(lines).fr} de la commande ${orderId}, avec le suivi ${numbers.join(", ")}.`,
      he: `סימון ${linesText(lines).he} בהזמנה ${orderId} כנשלחו ב-Shopify, עם מספר מעקב ${numbers.join(", ")}.`,
    },
    fields: [
      { label: supplyLabels.order, value: orderId },
      { label: supplyLabels.tracking, value: numbers.join(", ") },
      { label: supplyLabels.carrier, value: carrier },
      { label: supplyLabels.lines, value: lines.map(({ line, quantity }) => `${quantity} × ${line}`).join(", ") },
      { label: supplyLabels.notify, value: yesOrNo(notify) },
    ],
  }),
  async stillValid({ account }, { orderId, numbers, lines }) {
    const order = await read(account, orderId);
    if (!order) return { valid: false, why: "gone" };
    if (order.cancelledAt !== null) return { valid: false, why: "cancelled" };
    const own = ownOf(order, numbers);
    if (own?.complete) return { valid: false, why: "already_there" };
    const isOver = !own && order.fulfillmentOrders.nodes.length > 0 && toSend(order, lines).parts.length === 0;
    return isOver ? { valid: false, why: "fulfilled" } : { valid: true };
  },
  async execute(doing, { orderId, numbers, carrier, lines, notify }): Promise<Attempt> {
    const order = await read(doing.account, orderId);
    if (!order) return failed("the shop has no such order");
    const trackingInfo = { company: carrier, numbers };
    const own = ownOf(order, numbers);
    if (own?.complete) return { did: "done", receipt: { id: own.id } };
    const receiptOf = (changed: z.output<typeof Changed> | null) => ({ id: changed?.fulfillment.id ?? null });
    if (own) {
      const variables = { id: own.id, tracking: trackingInfo, notify };
      return changeShop(
        doing,
        { query: updateQuery, variables, field: "fulfillmentTrackingInfoUpdate", shape: Changed, repeatable: true },
        { receiptOf },
      );
    }
    // An order always has some: who is shown none may not see them.
    if (order.fulfillmentOrders.nodes.length === 0) {
      return { did: "failed", failure: { kind: "missing_scopes", message: "the shop shows no fulfilment orders", scopes } };
    }
    const { parts, locations } = toSend(order, lines);
    if (parts.length === 0) return failed("all of it is sent already");
    if (locations > 1) return failed("these lines are at several locations of the shop: send them there by hand");
    const variables = { fulfillment: { lineItemsByFulfillmentOrder: parts, trackingInfo, notifyCustomer: notify } };
    return changeShop(doing, { query: createQuery, variables, field: "fulfillmentCreate", shape: Changed }, { receiptOf });
  },
  idempotency: "lookup",
  // No figure is published; a read of one order shows what was written to it within seconds.
  settledAfterMs: 60_000,
  lookup: doneOf,
});
