import type { Supplier, SupplyFacts, SupplyReason, SupplyState } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { Supply, SupplyRecord } from "#server/catalog/supply.ts";
import type { SupplyConfig } from "./supply-settings.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** What is held is looked at again after so long, and ever more seldom the longer it is held: its shop or supplier may have changed by then. */
const heldMs: Partial<Record<SupplyReason, number>> = { risk_pending: hourMs / 4, supplier_down: hourMs / 2 };
const seldomMs = 12 * hourMs;
/** What is held for longer than this nobody waits for any more. */
const heldMostMs = 14 * dayMs;

export interface SupplyReading {
  shop: Account;
  /** The client's account at a supplier; null where it has none that works. */
  at(provider: Supplier): Account | null;
  supply: Supply;
  config: SupplyConfig;
  now: number;
}

/** How an order stands from now on, what is proposed of it, and rows of its further parts. */
export interface Assessed {
  record: SupplyRecord;
  proposals: readonly Proposal[];
  parts?: readonly SupplyRecord[];
}

/** Where it stands, why, and in how many milliseconds it is looked at again: null where nobody does. */
export type Stand = { state: SupplyState; reason: SupplyReason | null; inMs: number | null } & Partial<
  Pick<SupplyRecord, "facts" | "round" | "lines" | "parcels" | "partly" | "customerId">
>;

/** The record as it stands from now on; its `since` is kept where it stands where it stood, and while it is held, for whatever reason. */
export function standsAt(record: SupplyRecord, now: number, to: Stand): SupplyRecord {
  const { inMs, ...changed } = to;
  const same = record.state === to.state && (to.state === "held" || record.reason === to.reason);
  // A column of the row, and not what was joined to it.
  const { orderId, provider, part, customerId, since, round, lines, parcels, waivedUpTo, partly, version } = record;
  return {
    ...{ orderId, provider, part, customerId, round, lines, parcels, waivedUpTo, partly, version, facts: {} },
    ...changed,
    since: same ? since : now,
    nextAt: inMs === null ? null : now + inMs,
  };
}

/** The same with nothing proposed. */
export const stands = (record: SupplyRecord, now: number, to: Stand): Assessed => ({ record: standsAt(record, now, to), proposals: [] });

export const closed = (record: SupplyRecord, now: number, reason: SupplyReason): Assessed =>
  stands(record, now, { state: "over", reason, inMs: null });

/** It is not ordered, for a reason that may pass; what was held for too long is over. `lines`: what it is held with. */
export function held(
  record: SupplyRecord,
  now: number,
  { reason, facts = {}, lines }: { reason: SupplyReason; facts?: SupplyFacts; lines?: SupplyRecord["lines"] },
): Assessed {
  const heldFor = record.state === "held" ? now - record.since : 0;
  // What was tried keeps the lines that it was tried with.
  const own = lines && record.round === 0 ? { lines } : {};
  if (heldFor > heldMostMs) {
    return stands(record, now, { state: "over", reason: "too_old", facts: { ...facts, was: reason }, ...own, inMs: null });
  }
  const inMs = Math.min(seldomMs, Math.max(heldMs[reason] ?? hourMs, heldFor / 12));
  return stands(record, now, { state: "held", reason, facts, ...own, inMs: Math.round(inMs) });
}

/** What a supplier has of an order, before it was looked at for the first time: that is due now. */
export const beginRow = (of: Pick<SupplyRecord, "orderId" | "provider" | "part" | "customerId">, now: number): SupplyRecord => ({
  ...{ ...of, state: "held", reason: "new", facts: {}, since: now, round: 0 },
  ...{ lines: [], parcels: [], waivedUpTo: null, partly: false, version: 0, nextAt: now },
});
