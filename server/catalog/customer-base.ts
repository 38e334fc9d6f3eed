import type {
  BuyingModel,
  CustomerSegment,
  FifthsOfCustomers,
  PastCheck,
  RankingReason,
  RankingStep,
  Season,
  SpendModel,
  ToldScore,
} from "#db/words/customer-base.ts";

/** How a customer of a shop has bought up to a day, counted in days. One occasion is a day with an order that stands. */
export interface BuyerHistory {
  /** Occasions after the first one. */
  frequency: number;
  /** Days from the first occasion to the last one; 0 for who bought on one day. */
  recency: number;
  /** Days from the first occasion to the end of what is known. */
  age: number;
}

/** A customer as they are scored. Amounts in minor units of the currency that was asked for; what was bought in others is worth nothing in it. */
export interface Buyer extends BuyerHistory {
  customerId: string;
  spentMinor: number;
  /** Occasions that have an amount. */
  orders: number;
  /** Those after the first one that have an amount, and the mean of these. */
  repeatOrders: number;
  repeatMeanMinor: number;
}

/** What is known of how a shop's customers buy. Days are `YYYY-MM-DD`. */
export interface CustomerModel {
  step: RankingStep;
  /** Why it is not a higher step; `enough` for the highest. */
  reason: RankingReason;
  /** The last day of what it was fitted on. */
  fittedUntil: string;
  fittedAt: number;
  /** Of the first order of a known customer. */
  firstDay: string | null;
  /** Customers with an order until then, and of them who bought on more than one day. */
  bought: number;
  boughtAgain: number;
  currency: string | null;
  buying: BuyingModel | null;
  spend: SpendModel | null;
  season: Season | null;
  past: PastCheck | null;
  fifths: FifthsOfCustomers | null;
}

/** What a customer is expected to do. */
export interface CustomerScore {
  customerId: string;
  /** The last day that is known of. */
  asOf: string;
  /** To buy at least once within so many days, 0 to 1; null where the shop's history carries no model. */
  chance30: number | null;
  chance90: number | null;
  /** Days with an order in the next 90, and what they come to in minor units of `currency`; null as above. */
  orders90: number | null;
  valueMinor: number | null;
  currency: string | null;
  segment: CustomerSegment;
}

/** A score that differs from what was told of it before; null where nothing was. */
export interface ChangedScore extends CustomerScore {
  told: ToldScore | null;
}

/**
 * How the customers of the shop that the job reads buy, by the orders that are stored. Guests are nobody; cancelled orders are none;
 * several orders of one day are one occasion. `until` (`YYYY-MM-DD`, the shop's calendar): what came later is not known.
 */
export interface CustomerBase {
  /** How many have bought and bought again, since when, and the currency of the latest order. */
  size(until: string): Promise<{ bought: number; boughtAgain: number; firstDay: string | null; currency: string | null }>;
  /** Equal histories put together. */
  histories(until: string): Promise<(BuyerHistory & { customers: number })[]>;
  /**
   * Customers who had bought until `from`, by id from behind `after`, with what they had spent in that currency, and on how many days they
   * bought after it, until `until`.
   */
  past(input: {
    from: string;
    until: string;
    currency: string | null;
    after: string | null;
    limit: number;
  }): Promise<(BuyerHistory & { customerId: string; spentMinor: number; came: number })[]>;
  /** Customers by id from behind `after`. */
  buyers(input: { until: string; currency: string | null; after: string | null; limit: number }): Promise<Buyer[]>;
  /** Null where none was fitted yet. */
  model(): Promise<CustomerModel | null>;
  /** The last day as of which all customers were scored; null before the first time, and while they are scored as of another day. */
  scoredUntil(): Promise<string | null>;
  /** What is known of these customers, or of all, by id from behind `after`. */
  scores(input: { among?: readonly string[]; after?: string | null; limit: number }): Promise<CustomerScore[]>;
}
