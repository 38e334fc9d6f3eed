/** One value of a metric on one day. */
export interface Measurement {
  metric: string;
  /** YYYY-MM-DD in the account's timezone. */
  day: string;
  dimension?: string;
  /**
   * ISO 4217. Of every amount of money, and of a count by which money is divided; left out for all else. The engine refuses an
   * amount without it.
   */
  currency?: string;
  /** null: there is none (a rate of nothing), and what was measured for this day before is no longer so. */
  value: number | null;
}

/** An order as a shop says it. Instants are milliseconds since 1970. */
export interface OrderRecord {
  externalId: string;
  customerId: string | null;
  placedAt: number;
  day: string;
  grossMinor: number;
  currency: string;
  updatedAt: number;
  /** When it was cancelled; left out for one that stands. */
  cancelledAt?: number;
}

/** What was given back of an order. */
export interface RefundRecord {
  externalId: string;
  orderExternalId: string;
  refundedAt: number;
  day: string;
  amountMinor: number;
  currency: string;
}

/** All orders of a stretch of time, as the shop lists them now. Instants. */
export interface ListedOrders {
  externalIds: readonly string[];
  /** Placed from here on, and before `to`. */
  from: number;
  to: number;
  /** An order that changed at or after this instant is left alone: it may not have been in the list yet. */
  changedBefore: number;
}
