import { GraphQLError } from "graphql";
import { z } from "zod";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { linesOf } from "#sandbox/shop/build.ts";
import type { Shop, ShopOrder } from "#sandbox/shop/model.ts";
import { parcelsOf } from "#sandbox/shop/parcels.ts";

/** What Shopify thinks of an order; level "": it has not looked. */
export const OrderRisk = z.object({
  orderId: z.number().int(),
  recommendation: z.enum(["ACCEPT", "CANCEL", "INVESTIGATE", "NONE"]).default("ACCEPT"),
  level: z.enum(["HIGH", "LOW", "MEDIUM", "NONE", "PENDING", ""]).default("LOW"),
});

/** What an application sent of an order. */
export interface Sent {
  id: number;
  createdAt: number;
  lines: { place: number; quantity: number }[];
  tracking: { company: string | null; number: string | null; url: string | null }[];
}

export interface TrackingInput {
  company?: string | null;
  number?: string | null;
  numbers?: readonly string[] | null;
  url?: string | null;
  urls?: readonly string[] | null;
}

export interface FulfilmentInput {
  lineItemsByFulfillmentOrder: readonly {
    fulfillmentOrderId: string;
    fulfillmentOrderLineItems?: readonly { id: string; quantity: number }[] | null;
  }[];
  trackingInfo?: TrackingInput | null;
  notifyCustomer?: boolean | null;
}

const thingOf = (domain: string, order: number) => ({ kind: "fulfilments", account: domain, key: String(order) }) as const;

export const sentSeen = (state: SandboxState, domain: string, order: number, now: number): readonly Sent[] =>
  state.written.seen<{ sent: Sent[] }>(thingOf(domain, order), now)?.sent ?? [];

export const riskSeen = (state: SandboxState, domain: string, order: number): { recommendation: string; level: string } =>
  state.written.met<{ recommendation: string; level: string }>({ kind: "order_risk", account: domain, key: String(order) }) ?? {
    recommendation: "ACCEPT",
    level: "LOW",
  };

export const fulfilmentOrderOf = ({ id }: ShopOrder): number => id * 10 + 1;

/** How many of a line are still to be sent. */
export function unsentOf(order: ShopOrder, { place, sent, now }: { place: number; sent: readonly Sent[]; now: number }): number {
  if (order.cancelledAt !== undefined || parcelsOf(order, now).some(({ status }) => status === "SUCCESS")) return 0;
  const gone = sent.flatMap(({ lines }) => lines).reduce((sum, line) => sum + (line.place === place ? line.quantity : 0), 0);
  return Math.max(0, (linesOf(order)[place]?.current ?? 0) - gone);
}

export function statusOfSent(order: ShopOrder, sent: readonly Sent[], now: number): string {
  return linesOf(order).some(({ place }) => unsentOf(order, { place, sent, now }) > 0) ? "PARTIALLY_FULFILLED" : "FULFILLED";
}

/** Whether a token may see them: one that may not is shown an empty list. */
export function mayFulfil(demand: (scope: string, field: string) => void): boolean {
  try {
    demand("read_merchant_managed_fulfillment_orders", "fulfillmentOrders");
    return true;
  } catch (error) {
    if (error instanceof GraphQLError) return false;
    throw error;
  }
}

export const sentView = ({ id, createdAt, tracking }: Sent) => ({
  id: `gid://shopify/Fulfillment/${id}`,
  status: "SUCCESS",
  displayStatus: "FULFILLED",
  createdAt: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  deliveredAt: null,
  trackingInfo: ({ first }: { first?: number | null }) => tracking.slice(0, first ?? undefined),
});

function trackingOf({ company = null, number, numbers, url, urls }: TrackingInput): Sent["tracking"] {
  const all = numbers ?? (number ? [number] : []);
  const links = urls ?? (url ? [url] : []);
  return all.map((each, place) => ({ company, number: each, url: links[place] ?? null }));
}

const refused = (message: string) => ({ fulfillment: null, userErrors: [{ field: ["fulfillment"], message }] });

/** ../shared/writes-and-voice.md, Shopify / fulfilment and delivery: no key, no codes; what is sent already is refused. */
export function createFulfilment(state: SandboxState, shop: Shop, input: FulfilmentInput, now: number) {
  const [wanted, ...others] = input.lineItemsByFulfillmentOrder;
  const number = Number(/^gid:\/\/shopify\/FulfillmentOrder\/(\d+)$/.exec(wanted?.fulfillmentOrderId ?? "")?.[1]);
  const order = shop.orders.find((each) => fulfilmentOrderOf(each) === number);
  if (!order || others.length > 0) return refused("Fulfillment order does not exist.");
  const before = state.written.met<{ sent: Sent[] }>(thingOf(shop.domain, order.id))?.sent ?? [];
  const open = linesOf(order).map(({ place }) => ({ place, left: unsentOf(order, { place, sent: before, now }) }));
  if (open.every(({ left }) => left === 0)) return refused(`Fulfillment order ${number} has an unfulfillable status= closed.`);
  const lines =
    wanted?.fulfillmentOrderLineItems?.map(({ id, quantity }) => ({ place: Number(id.split("/").at(-1)) - order.id * 10_000, quantity })) ??
    open.filter(({ left }) => left > 0).map(({ place, left }) => ({ place, quantity: left }));
  const fits = lines.every(({ place, quantity }) => quantity > 0 && quantity <= (open.find((each) => each.place === place)?.left ?? 0));
  if (!fits) return refused("Invalid fulfillment order line item quantity requested.");
  const sent: Sent = { id: order.id * 100 + before.length, createdAt: now, lines, tracking: trackingOf(input.trackingInfo ?? {}) };
  state.written.put(thingOf(shop.domain, order.id), { sent: [...before, sent] }, now);
  const key = `${order.id} ${sent.tracking.map((each) => each.number).join(",")}`;
  state.effects.record({ provider: "shopify", kind: "fulfilled", key, account: shop.domain, at: now }, false);
  return { fulfillment: sentView(sent), userErrors: [] };
}

export function updateTracking(
  state: SandboxState,
  shop: Shop,
  { id, tracking, now }: { id: string; tracking: TrackingInput; now: number },
) {
  const number = Number(id.split("/").at(-1));
  const order = shop.orders.find((each) => each.id === Math.floor(number / 100));
  const before = order && state.written.met<{ sent: Sent[] }>(thingOf(shop.domain, order.id))?.sent;
  const found = before?.find((each) => each.id === number);
  if (!order || !before || !found) return refused("Fulfillment does not exist.");
  const changed = { ...found, tracking: trackingOf(tracking) };
  const repeated = JSON.stringify(changed) === JSON.stringify(found);
  if (!repeated) {
    const sent = before.map((each) => (each.id === number ? changed : each));
    state.written.put(thingOf(shop.domain, order.id), { sent }, now);
  }
  const key = `${order.id} ${changed.tracking.map((each) => each.number).join(",")}`;
  state.effects.record({ provider: "shopify", kind: "tracking_updated", key, account: shop.domain, at: now }, repeated);
  return { fulfillment: sentView(changed), userErrors: [] };
}
