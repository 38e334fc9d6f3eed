import { seededInteger } from "#sandbox/seed.ts";
import type { ShopOrder } from "./model.ts";

const hourMs = 3_600_000;

/** What was sent of an order, in Shopify's words. Instants. */
export interface Parcel {
  id: number;
  status: "SUCCESS" | "CANCELLED";
  displayStatus: "FULFILLED" | "IN_TRANSIT" | "DELIVERED" | "CANCELED";
  createdAt: number;
  deliveredAt: number | null;
}

/**
 * The parcels of an order until `now`: what somebody said of them, else one that is sent a day after the order and, where its carrier says
 * so (nine in ten do), is delivered some days later. What a carrier says does not date the order anew, so that a reader by date misses it.
 */
export function parcelsOf(order: ShopOrder, now: number): Parcel[] {
  const draw = seededInteger(`parcel ${order.id}`, 0, 99);
  const sentAt = order.createdAt + (20 + (draw % 10)) * hourMs;
  const usual: NonNullable<ShopOrder["parcels"]> =
    order.cancelledAt === undefined ? [{ sentAt, deliveredAt: draw < 90 ? sentAt + (48 + draw) * hourMs : undefined }] : [];
  return (order.parcels ?? usual)
    .filter((parcel) => parcel.sentAt <= now)
    .map((parcel, place): Parcel => {
      const base = { id: order.id * 10 + place, createdAt: parcel.sentAt };
      if (parcel.cancelled) return { ...base, status: "CANCELLED", displayStatus: "CANCELED", deliveredAt: null };
      const deliveredAt = parcel.deliveredAt !== undefined && parcel.deliveredAt <= now ? parcel.deliveredAt : null;
      const displayStatus = deliveredAt !== null ? "DELIVERED" : now - parcel.sentAt > 12 * hourMs ? "IN_TRANSIT" : "FULFILLED";
      return { ...base, status: "SUCCESS", displayStatus, deliveredAt };
    });
}

/** As an order says it. With `partly` a part of it was sent. */
export function fulfilmentStatus(order: ShopOrder, parcels: readonly Parcel[]): string {
  const sent = parcels.filter(({ status }) => status === "SUCCESS").length;
  if (sent === 0) return "UNFULFILLED";
  return order.parcels?.some(({ partly }) => partly) ? "PARTIALLY_FULFILLED" : "FULFILLED";
}
