import type { Money } from "#db/words/locales.ts";
import { supplyNumbers } from "#server/catalog/supply.ts";
import { ProviderError } from "#server/errors.ts";

/** Something that is to be ordered: the supplier's own id of it (CJ's vid, BigBuy's reference), and how many. */
export interface Wanted {
  reference: string;
  quantity: number;
}

/** What is not there in full: how many are wanted, and how many can be sent at once. */
export interface Short extends Wanted {
  there: number;
}

/**
 * What an order would cost at a supplier now, in the supplier's currency: the goods, one parcel by the cheapest carrier, and both together.
 * Or why there is none: something that the supplier does not sell, has too little of, or sends nowhere there.
 */
export type Quote =
  | { goods: Money; freight: Money; total: Money; carrier: string }
  | { fault: "unknown_product"; references: readonly string[] }
  | { fault: "short"; short: readonly Short[] }
  | { fault: "no_carrier" };

/** How long after a write a supplier's reads may still not show it. Neither publishes a figure. */
export const settledAfterMs = 120_000;

/** Throws where a supplier that was asked for an order by our number answers of another one of ours. What else it calls an order by is its own. */
export function sameOrder(provider: string, asked: string, answered: string | null | undefined): void {
  if (answered && answered !== asked && supplyNumbers.test(answered))
    throw new ProviderError(provider, "unavailable", "it answered of another order than was asked for");
}

/** How an order stands at a supplier, in its own word beside ours. */
export interface Standing {
  /** The supplier's id of it. */
  id: string;
  state: "unpaid" | "paid" | "shipped" | "delivered" | "cancelled";
  word: string;
  /** What it costs; null where the supplier does not say. */
  total: Money | null;
  /** The parcels that it went in. */
  numbers: readonly string[];
  carrier: string | null;
}
