import type { SupplyReason } from "#db/words/supply.ts";
import { type Standing, settledAfterMs } from "#server/catalog/suppliers/quote.ts";
import { readShopOrder } from "#server/catalog/suppliers/shop-order.ts";
import { isUnderWay, type SupplyOrder, type SupplyRecord, supplyNumber } from "#server/catalog/supply.ts";
import { assess, lookFirst, restOf, standingAt } from "./assess-supply.ts";
import { telling } from "./propose-supply.ts";
import { type Assessed, closed, dayMs, hourMs, type Stand, type SupplyReading, stands } from "./stands-supply.ts";

/** Of a parcel that no carrier calls delivered it is no longer asked after so long. */
const arrivedMs = 60 * dayMs;
/** Orders older than about this a shop may not show: that one is not there says nothing then. */
const shownMs = 59 * dayMs;
/** What Shopify takes as a parcel's number. */
const trackable = /^[A-Za-z0-9]{4,40}$/;
const mostParcels = 10;
/** So often an order is proposed anew by itself: what is no longer true each time would be ordered and called off for ever. */
const mostRounds = 3;
/** What was proposed and not written is proposed anew for so long. */
const unwrittenMs = dayMs;

/** Whether its supplier's reads may not show yet what was just done or called off. A try takes a minute at most. */
const isFresh = ({ action }: SupplyOrder, now: number): boolean =>
  action !== null && action.endedAt !== null && now - action.endedAt < settledAfterMs + 60_000;

/** What is not ordered. Where it was just done or called off, a person asks for it once more before it is known what its supplier has. */
export async function followHeld(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  if (isUnderWay(order)) return followProposal(reading, order);
  const { reason, facts } = order;
  const wasDone = order.action !== null && ["done", "failed", "voided", "undone"].includes(order.action.status);
  if (wasDone && isFresh(order, reading.now)) return stands(order, reading.now, { state: "held", reason, facts, inMs: hourMs / 12 });
  return assess(reading, order);
}

/** What became of what was proposed: whether the supplier has the order, or what keeps it from having it. */
export async function followProposal(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  const { now } = reading;
  const { status, reason: why, message } = order.action ?? {};
  const stuck = (reason: SupplyReason, { inMs = null, ...facts }: { inMs?: number | null; price?: string } = {}): Assessed =>
    stands(order, now, { state: "stuck", reason, facts: { ...facts, ...(message && !facts.price && { message }) }, inMs });
  const waits = (inMs: number): Assessed => stands(order, now, { state: "proposed", reason: null, facts: order.facts, inMs });
  switch (status) {
    case undefined:
      // It was not written: an account or the policy went meanwhile.
      if (order.state === "proposed" && now - order.since > unwrittenMs) return stuck("failed");
      return assess(reading, { ...order, round: order.round - 1 });
    case "shadowed":
    case "withheld":
      return stands(order, now, { state: "over", reason: "shadow", facts: order.facts, inMs: null });
    case "waiting":
      return waits(hourMs / 4);
    case "approved":
    case "executing":
    case "undoing":
      return waits(hourMs / 12);
    case "unsure":
      return order.action?.isPersons ? stuck("unclear", { inMs: hourMs }) : waits(hourMs / 12);
    case "done":
      return followOrder(reading, order);
    case "undone":
      return closed(order, now, "undone");
    case "rejected":
    case "expired":
      return stuck("declined");
    // It is looked at anew: whatever was no longer true is said of it, or is proposed as it is now.
    case "voided": {
      if (isFresh(order, now)) return waits(hourMs / 12);
      // It was made, and its supplier shows neither it nor that it was called off: whether it is there a person has to see.
      if (why === "unconfirmed" && reading.at(order.provider) && !(await standingOf(reading, order)))
        return stuck("lost", { inMs: hourMs });
      // At another price than was approved a person says whether it is proposed once more.
      const dearer = why === "price_changed" && message ? stuck("dearer", { price: message }) : null;
      const anew = dearer ? await lookFirst(reading, order) : await assess(reading, order);
      if (!("record" in anew)) return dearer ?? stuck("failed");
      return anew.proposals.length > 0 && order.round >= mostRounds ? stuck("failed") : anew;
    }
    case "failed": {
      if (isFresh(order, now)) return waits(hourMs / 12);
      const found = await standingOf(reading, order);
      // It was made there, and kept back or not paid: whoever goes there sees it.
      if (found?.state === "unpaid") return stuck("blocked", { inMs: dayMs / 4 });
      return found && found.state !== "cancelled" ? followOrder(reading, order) : stuck("failed");
    }
    default:
      return status satisfies never;
  }
}

/** What a person has to do something about, when it is due: they may have done it, and the order may have been called off in the shop. */
export async function followStuck(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  switch (order.reason) {
    case "unclear":
    case "unanswered":
      return followProposal(reading, order);
    case "failed":
    case "declined":
    case "dearer": {
      const looked = await lookFirst(reading, order);
      const isElsewhere = "record" in looked && (looked.record.state === "over" || looked.record.state === "ordered");
      const { reason, facts } = order;
      return isElsewhere ? looked : stands(order, reading.now, { state: "stuck", reason, facts, inMs: null });
    }
    default:
      return followOrder(reading, order);
  }
}

async function standingOf({ shop, at }: SupplyReading, record: SupplyRecord): Promise<Standing | null> {
  const account = at(record.provider);
  return account && standingAt(record.provider, account, supplyNumber(shop, record, record.round));
}

/** Where an order is that the supplier has: with whom it waits, in which parcels it went, and what was called off on either side. */
export async function followOrder(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  const { now, shop } = reading;
  const to = (next: Stand): Assessed => stands(order, now, next);
  if (!reading.at(order.provider)) return to({ state: "ordered", reason: "no_account", facts: order.facts, inMs: hourMs });
  const found = await standingOf(reading, order);
  if (!found && isFresh(order, now)) return to({ state: "ordered", reason: null, inMs: hourMs / 12 });
  const placed = await readShopOrder(shop, order.orderId);
  const isCalledOff = placed ? placed.fault === "cancelled" || placed.fault === "returned" : now - order.createdAt < shownMs;
  if (!found) return isCalledOff ? closed(order, now, "cancelled") : to({ state: "stuck", reason: "lost", inMs: hourMs });
  const facts = { word: found.word };
  if (found.state === "cancelled") {
    return isCalledOff
      ? to({ state: "over", reason: "cancelled", facts, inMs: null })
      : to({ state: "stuck", reason: "supplier_cancelled", facts, inMs: null });
  }
  if (isCalledOff && found.state !== "delivered") return to({ state: "stuck", reason: "shop_cancelled", facts, inMs: dayMs / 4 });
  const parts = placed ? await restOf(reading, order, placed) : [];
  return { ...onItsWay(reading, order, found), ...(parts.length > 0 && { parts }) };
}

/** The same of one that nobody called off. */
function onItsWay(reading: SupplyReading, order: SupplyOrder, found: Standing): Assessed {
  const { now, config } = reading;
  const facts = { word: found.word };
  const to = (next: Omit<Stand, "facts">): Assessed => stands(order, now, { ...next, facts });
  const parcels = [...new Set([...order.parcels, ...found.numbers.filter((number) => trackable.test(number))])].slice(0, mostParcels);
  const isArrived = now - order.since > arrivedMs;
  // What was told in shadow alone was not told: a person does it, and no later mode. What was not even proposed, since it was off, is proposed.
  const untold = order.told !== null && ["failed", "rejected", "expired", "shadowed"].includes(order.told.status);
  if (parcels.length > order.parcels.length || (parcels.length > 0 && order.told === null && !isArrived)) {
    const shipped = to({ state: "shipped", reason: null, parcels, inMs: hourMs });
    return { ...shipped, proposals: [telling(reading, shipped.record, found)] };
  }
  if (found.state === "delivered" && !untold) return to({ state: "over", reason: "delivered", inMs: null });
  if (parcels.length > 0) {
    if (isArrived) return to({ state: "over", reason: "arrived", inMs: null });
    return to({ state: "shipped", reason: untold ? "untold" : null, inMs: dayMs / 4 });
  }
  if (found.state === "unpaid") {
    // It was paid a moment ago, and is not shown to be yet.
    if (order.action?.status === "done" && isFresh(order, now)) return to({ state: "ordered", reason: null, inMs: hourMs / 12 });
    if (order.reason === "blocked") return to({ state: "stuck", reason: "blocked", inMs: dayMs / 4 });
    return to({ state: "ordered", reason: "supplier_unpaid", inMs: hourMs });
  }
  // Since it was ordered, also where it was called silent before.
  const isSilent = order.state === "ordered" && (order.reason === "silent" || now - order.since >= config.silentDays * dayMs);
  return to({ state: "ordered", reason: isSilent ? "silent" : null, inMs: hourMs * 3 });
}
