import type { ActionReason, ActionState } from "#db/words/actions.ts";
import type { SuppliedLine, Supplier, SupplyFacts, SupplyReason, SupplyState } from "#db/words/supply.ts";

/** What one of a shop's variants is at a supplier. */
export interface SupplyMapping {
  variant: string;
  provider: Supplier;
  reference: string;
  /** How many of it make one of the shop's. */
  pack: number;
}

/** Where an order stands at one supplier. Ids of order and customer are the shop's, instants milliseconds. */
export interface SupplyRecord {
  orderId: string;
  provider: Supplier;
  customerId: string | null;
  state: SupplyState;
  reason: SupplyReason | null;
  facts: SupplyFacts;
  since: number;
  /** Which attempt this is; 0 before the first. */
  round: number;
  lines: readonly SuppliedLine[];
  parcels: readonly string[];
  waived: boolean;
  /** As it was read: where a person changed it since, nothing is written. */
  version: number;
  nextAt: number | null;
}

/** The same with what became of what was proposed of it: ordering it (of this round), and telling the shop of its parcels. */
export interface SupplyOrder extends SupplyRecord {
  action: { status: ActionState; reason: ActionReason | null; message: string | null; isPersons: boolean } | null;
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

/** The keys under which ordering is proposed, and telling the shop of parcels: another attempt and another parcel are others. */
export const orderKey = ({ orderId, provider, round }: Pick<SupplyRecord, "orderId" | "provider" | "round">): string =>
  `order:${orderId}:${provider}:${round}`;
export const parcelsKey = ({ orderId, provider, parcels }: Pick<SupplyRecord, "orderId" | "provider" | "parcels">): string =>
  `parcels:${orderId}:${provider}:${parcels.length}`;

/** Our number of an order at a supplier: of which shop, which order, and which attempt. Only digits are left of what names the shop. */
export function supplyNumber(shop: { externalId: string }, orderId: string, round: number): string {
  const number = shop.externalId.replace(/\D/g, "").slice(-20) || "0";
  return `s${number}-${orderId}${round > 1 ? `-${round}` : ""}`;
}
