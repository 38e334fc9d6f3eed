import type { ActionReason, ActionState } from "#db/words/actions.ts";
import type { SuppliedLine, Supplier, SupplyFacts, SupplyReason, SupplyState } from "#db/words/supply.ts";

/** What one of a shop's variants is at a supplier. */
export interface SupplyMapping {
  variant: string;
  provider: Supplier;
  reference: string;
  /** How many of it make one of the shop's. */
  pack: number;
  /** When a person said so. */
  mappedAt: number;
}

/** Where an order stands at one supplier. Ids of order and customer are the shop's, instants milliseconds. */
export interface SupplyRecord {
  orderId: string;
  provider: Supplier;
  /** Which of several goes at that supplier. */
  part: number;
  customerId: string | null;
  state: SupplyState;
  reason: SupplyReason | null;
  facts: SupplyFacts;
  since: number;
  /** Which attempt this is; 0 before the first. */
  round: number;
  lines: readonly SuppliedLine[];
  parcels: readonly string[];
  /** Up to which cost, in minor units of the shop's currency, a person wants it ordered whatever it earns. */
  waivedUpTo: number | null;
  /** A person wants ordered what there is of it. */
  partly: boolean;
  /** As it was read: where a person changed it since, nothing is written. */
  version: number;
  nextAt: number | null;
}

/** The same with what became of what was proposed of it: ordering it (of this round), and telling the shop of its parcels. */
export interface SupplyOrder extends SupplyRecord {
  createdAt: number;
  action: {
    status: ActionState;
    reason: ActionReason | null;
    message: string | null;
    isPersons: boolean;
    /** When it was over; null while it is not. */
    endedAt: number | null;
  } | null;
  told: { status: ActionState } | null;
}

/** Which orders of the shop that a job reads go to suppliers, as far as it is stored. */
export interface Supply {
  /** What of these variants is mapped. */
  mappings(variants: readonly string[]): Promise<SupplyMapping[]>;
  /** How these orders stand, at each supplier. */
  known(orders: readonly string[]): Promise<SupplyOrder[]>;
  /** Those that are to be looked at now, the longest due first. */
  due(input: { now: number; limit: number }): Promise<SupplyOrder[]>;
}

/** Which row it is. */
export type SupplyKey = Pick<SupplyRecord, "orderId" | "provider" | "part">;

/** The keys under which ordering is proposed, and telling the shop of parcels: another attempt and another parcel are others. */
export const orderKey = ({ orderId, provider, part, round }: SupplyKey & { round: number }): string =>
  `order:${orderId}:${provider}:${round}${ofPart(part)}`;
export const parcelsKey = ({ orderId, provider, part, parcels }: SupplyKey & Pick<SupplyRecord, "parcels">): string =>
  `parcels:${orderId}:${provider}:${parcels.length}${ofPart(part)}`;
const ofPart = (part: number): string => (part > 0 ? `:p${part}` : "");

/** As `supplyNumber` writes one. */
export const supplyNumbers = /^s\d{1,20}-\d{1,20}(-p\d{1,2})?(-\d{1,2})?$/;

/** Our number of an order at a supplier: of which shop, which order, which part, and which attempt. Only digits are left of what names the shop. */
export function supplyNumber(shop: { externalId: string }, { orderId, part }: SupplyKey, round: number): string {
  const number = shop.externalId.replace(/\D/g, "").slice(-20) || "0";
  return `s${number}-${orderId}${part > 0 ? `-p${part}` : ""}${round > 1 ? `-${round}` : ""}`;
}

/** What was proposed of it may still be done. */
export const isUnderWay = ({ action }: Pick<SupplyOrder, "action">): boolean =>
  action !== null && ["waiting", "approved", "executing", "undoing", "unsure"].includes(action.status);

/** Of these nothing is at the supplier, as far as was asked there. */
const without: readonly (SupplyReason | null)[] = ["failed", "declined", "dearer", "supplier_cancelled"];
const withIt: readonly (SupplyReason | null)[] = ["delivered", "arrived", "by_hand"];

/** Whether its lines are its supplier's or a person's already, or may come to be: nobody else is asked for them. */
function claims({ state, reason, round }: SupplyRecord): boolean {
  switch (state) {
    case "proposed":
    case "ordered":
    case "shipped":
      return true;
    case "held":
      // What was tried before is asked for at its own next look.
      return round > 0;
    case "stuck":
      return !without.includes(reason);
    case "over":
      return withIt.includes(reason);
    default:
      return state satisfies never;
  }
}

/**
 * How many of a line of the shop's are left to be ordered beside these rows of its order. What the shop was told of is no longer among its open
 * ones; and of what is wanted at all nothing is ordered twice, also where a fulfilment was called off in the shop and all is open once more.
 */
export function leftOf({ line, open, wanted }: { line: string; open: number; wanted: number }, rows: readonly SupplyOrder[]): number {
  const taken = rows.filter(claims).map(({ lines, told }) => ({
    ordered: lines.filter((each) => each.line === line).reduce((sum, { ordered }) => sum + ordered, 0),
    isTold: told?.status === "done",
  }));
  const sum = (all: typeof taken) => all.reduce((total, { ordered }) => total + ordered, 0);
  return Math.max(0, Math.min(open - sum(taken.filter(({ isTold }) => !isTold)), wanted - sum(taken)));
}
