import type { SupplyReason } from "#db/words/supply.ts";
import { shopifyFulfilment } from "#server/catalog/actions/shopify-fulfilment.ts";
import type { Standing } from "#server/catalog/suppliers/quote.ts";
import { readShopOrder } from "#server/catalog/suppliers/shop-order.ts";
import { parcelsKey, type SupplyOrder, type SupplyRecord, supplyNumber } from "#server/catalog/supply.ts";
import { type Assessed, assess, type SupplyReading, standingAt, standsAt } from "./assess-supply.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of a parcel that no carrier calls delivered it is no longer asked after so long. */
const arrivedMs = 60 * dayMs;
/** What Shopify takes as a parcel's number. */
const trackable = /^[A-Za-z0-9]{4,40}$/;
const mostParcels = 10;
/** So often an order is proposed anew by itself: a supplier who asks more than it quoted would be ordered from and called off for ever. */
const mostRounds = 3;

/** What became of what was proposed: whether the supplier has the order, or what keeps it from having it. */
export async function followProposal(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  const { now } = reading;
  const stuck = (reason: SupplyReason): Assessed => ({
    record: standsAt(order, now, {
      state: "stuck",
      reason,
      facts: { ...(order.action?.message && { message: order.action.message }) },
      inMs: null,
    }),
    proposals: [],
  });
  const waits = (inMs: number): Assessed => ({
    record: standsAt(order, now, { state: "proposed", reason: null, facts: order.facts, inMs }),
    proposals: [],
  });
  const { status } = order.action ?? {};
  switch (status) {
    case undefined:
      // It was not written: an account or the policy went meanwhile.
      return assess(reading, { ...order, round: order.round - 1 });
    case "shadowed":
    case "withheld":
      return { record: standsAt(order, now, { state: "over", reason: "shadow", facts: order.facts, inMs: null }), proposals: [] };
    case "waiting":
      return waits(hourMs / 4);
    case "approved":
    case "executing":
    case "undoing":
      return waits(hourMs / 12);
    case "unsure":
      return order.action?.isPersons ? stuck("unclear") : waits(hourMs / 12);
    case "done":
      return followOrder(reading, order);
    case "undone":
      return { record: standsAt(order, now, { state: "over", reason: "undone", inMs: null }), proposals: [] };
    case "rejected":
    case "expired":
      return stuck("declined");
    // It is looked at anew: whatever was no longer true is said of it, or what it costs now is proposed.
    case "voided": {
      const anew = await assess(reading, order);
      return anew.proposals.length > 0 && order.round >= mostRounds ? stuck("failed") : anew;
    }
    case "failed": {
      const found = await standingOf(reading, order);
      // It was made there, and kept back or not paid: whoever goes there sees it.
      if (found?.state === "unpaid") return stuck("blocked");
      return found && found.state !== "cancelled" ? followOrder(reading, order) : stuck("failed");
    }
    default:
      return status satisfies never;
  }
}

async function standingOf({ shop, at }: SupplyReading, { provider, orderId, round }: SupplyRecord): Promise<Standing | null> {
  const account = at(provider);
  return account && standingAt(provider, account, supplyNumber(shop, orderId, round));
}

/** Where an order is that the supplier has: with whom it waits, in which parcels it went, and what was called off on either side. */
export async function followOrder(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  const { now, shop, config } = reading;
  const to = (next: Parameters<typeof standsAt>[2], proposals: Assessed["proposals"] = []): Assessed => ({
    record: standsAt(order, now, next),
    proposals,
  });
  if (!reading.at(order.provider)) return to({ state: "ordered", reason: "no_account", inMs: hourMs });
  const found = await standingOf(reading, order);
  if (!found) return to({ state: "stuck", reason: "lost", inMs: dayMs });
  const facts = { word: found.word };
  const placed = await readShopOrder(shop, order.orderId);
  const isCalledOff = !placed || placed.fault === "cancelled" || placed.fault === "returned";
  if (found.state === "cancelled") {
    return isCalledOff
      ? to({ state: "over", reason: "cancelled", facts, inMs: null })
      : to({ state: "stuck", reason: "supplier_cancelled", facts, inMs: null });
  }
  if (isCalledOff && found.state !== "delivered") return to({ state: "stuck", reason: "shop_cancelled", facts, inMs: dayMs / 4 });
  const parcels = [...new Set([...order.parcels, ...found.numbers.filter((number) => trackable.test(number))])].slice(0, mostParcels);
  const isNews = parcels.length > order.parcels.length;
  // What was told in shadow alone was not told: a person does it, and no later mode.
  const untold = order.told !== null && ["failed", "rejected", "expired", "shadowed"].includes(order.told.status);
  if (isNews) {
    const telling = { ...order, parcels };
    return to({ state: "shipped", reason: null, facts, parcels, inMs: hourMs }, [
      tell(telling, found, { notify: config.notifyCustomer, now }),
    ]);
  }
  if (found.state === "delivered" && !untold) return to({ state: "over", reason: "delivered", facts, inMs: null });
  if (parcels.length > 0) {
    if (now - order.since > arrivedMs) return to({ state: "over", reason: "arrived", facts, inMs: null });
    return to({ state: "shipped", reason: untold ? "untold" : null, facts, inMs: dayMs / 4 });
  }
  if (found.state === "unpaid") return to({ state: "ordered", reason: "supplier_unpaid", facts, inMs: hourMs });
  // Since it was ordered, also where it was called silent before.
  const isSilent = order.state === "ordered" && (order.reason === "silent" || now - order.since >= config.silentDays * dayMs);
  return to({ state: "ordered", reason: isSilent ? "silent" : null, facts, inMs: hourMs * 3 });
}

/** Tells the shop of all parcels that are known by now. */
function tell(
  record: SupplyRecord,
  { carrier }: Standing,
  { notify, now }: { notify: boolean; now: number },
): Assessed["proposals"][number] {
  const lines = record.lines.map(({ line, ordered: quantity }) => ({ line, quantity }));
  const payload = { orderId: record.orderId, numbers: [...record.parcels], carrier: carrier || "Other", lines, notify };
  return {
    ...{ subject: `order:${record.orderId}`, dedupe: parcelsKey(record), expiresAt: now + 14 * dayMs, owed: true },
    ...(record.customerId !== null && { customerId: record.customerId }),
    steps: [{ kind: shopifyFulfilment.id, payload }],
    evidence: {
      line: record.parcels.length > 1 ? "parcels" : "parcel",
      params: { parcels: record.parcels.join(", "), count: record.parcels.length },
    },
  };
}
