/**
 * What the shop that the job reads has sold, as far as it has been read: what sensors that need history ask. `today` (YYYY-MM-DD) is
 * the account's: orders that are stamped ahead of it are left out until their day. Without it all are in.
 */
export interface ShopHistory {
  /** Days from `from` (YYYY-MM-DD, inclusive) that have orders or refunds, each currency separately. */
  daily(from: string): Promise<{ day: string; currency: string; orders: number; grossMinor: number; refundsMinor: number }[]>;
  /** Days on which these orders, and what was given back of them, have been counted until now: they may leave them. */
  daysOf(orderExternalIds: readonly string[]): Promise<string[]>;
  /** Days on which orders were counted that were found deleted at or after `since` (an instant). */
  emptied(since: number): Promise<string[]>;
  /** Amounts of the currency of the latest order, and counts of all orders. */
  summary(today?: string): Promise<{
    orders: number;
    customers: number;
    guestOrders: number;
    grossMinor: number;
    refundsMinor: number;
    currency: string | null;
  }>;
  /** The same amounts of all currencies that the shop has sold in, that of the most orders first. */
  byCurrency(): Promise<{ currency: string; orders: number; grossMinor: number; refundsMinor: number }[]>;
  /** Customers by how many orders they placed: total and those with more than one. */
  repeat(today?: string): Promise<{ customers: number; repeatCustomers: number }>;
  /**
   * For each month of first purchase (YYYY-MM), of the last `months` up to today's, else up to the last purchase: how many customers
   * bought (again) `offset` months later; offset 0 is the cohort's size.
   */
  cohorts(months: number, today?: string): Promise<{ cohort: string; offset: number; customers: number }[]>;
  /** Days between a customer's consecutive orders: the median and the mean over all such gaps, null without any. */
  gaps(today?: string): Promise<{ medianDays: number; meanDays: number; gaps: number } | null>;
  /** Customers who agreed to be sent emails and text messages. */
  reachable(): Promise<{ email: number; sms: number }>;
  /** Orders of which the shop said, until an instant, that a parcel moved, and that were not asked since: the first said first. */
  moved(input: { until: number; limit: number }): Promise<string[]>;
  /**
   * Orders whose contents changed at or after `since` (an instant) and that have not reached their buyer as far as is known, by id from
   * behind `after`.
   */
  onTheWay(input: { since: number; after: string | null; limit: number }): Promise<string[]>;
  /**
   * Orders whose last parcel was delivered at or after `from` and before `until` (instants), the earliest first, from behind `after`: of
   * customers who agreed to be written to by this channel, neither cancelled nor returned in any part.
   */
  delivered(input: {
    from: number;
    until: number;
    channel: "email" | "sms";
    after: Pick<DeliveredOrder, "deliveredAt" | "order"> | null;
    limit: number;
  }): Promise<DeliveredOrder[]>;
  /** What a variant is sold for now, beside its lowest price of the `days` before an instant; null where it is sold no more. */
  offer(input: { variant: string; before: number; days: number }): Promise<Offer | null>;
  /**
   * Customers who bought this product, or anything of its kind, of which they kept some; who agreed to be written to by this channel; and
   * who have placed no order at or after `quietSince` (an instant) that stands. Those who bought it last are first, or most often.
   */
  boughtBefore(input: {
    product: string;
    /** Of any product of its kind (its type in the shop), not of this one alone. */
    kind: boolean;
    quietSince: number;
    channel: "email" | "sms";
    first: "latest" | "most_often";
    /** Left out: customers by the shop's ids. */
    without: readonly string[];
    limit: number;
  }): Promise<{ customerId: string; orders: number; lastAt: number }[]>;
  /**
   * Of these customers, in their order, those who agreed to be written to by this channel, have placed no order at or after `quietSince`
   * (an instant) that stands, and have never bought this product, also none that they gave back.
   */
  neverBought(input: {
    product: string;
    customers: readonly string[];
    quietSince: number;
    channel: "email" | "sms";
    limit: number;
  }): Promise<string[]>;
  /**
   * Customers who bought on at least `minOrders` days and last at or after `lastFrom` and before `lastUntil` (instants), who agreed to be
   * written to by this channel, each with all purchases that stand, by id from behind `after`.
   */
  buyers(input: {
    minOrders: number;
    lastFrom: number;
    lastUntil: number;
    channel: "email" | "sms";
    after: string | null;
    limit: number;
  }): Promise<{ customerId: string; purchases: Purchase[] }[]>;
  /**
   * Customers who bought something on several days, and each product of which they kept something on at least two of them, by id from
   * behind `after`; `next` is where the next page begins, null behind the last. What is stamped ahead of `today` is left out.
   */
  boughtAgain(input: { today: string; after: string | null; limit: number }): Promise<{ items: BoughtAgain[]; next: string | null }>;
  /**
   * The same of customers who agreed to be written to by this channel, and of these products as long as the variant that they last
   * took is on sale and in stock; where `kinds` (in lower case) names anything, only those whose type or id it names.
   */
  buyableAgain(input: {
    today: string;
    channel: "email" | "sms";
    products: readonly string[];
    kinds: readonly string[];
    after: string | null;
    limit: number;
  }): Promise<{ items: BuyableAgain[]; next: string | null }>;
  /** Customers whose first purchase fell on one of these days of a year (MM-DD), with that day (YYYY-MM-DD), by id from behind `after`. */
  firstBought(input: { days: readonly string[]; after: string | null; limit: number }): Promise<{ customerId: string; day: string }[]>;
  /** Of these customers those who agreed to be written to by this channel, by id, each with all purchases that stand. */
  agreed(input: { customers: readonly string[]; channel: "email" | "sms" }): Promise<{ customerId: string; purchases: Purchase[] }[]>;
}

/** A variant as the shop sells it. Ids are the shop's, amounts minor units of `currency`. */
export interface Offer {
  product: { id: string; title: string; url: string | null; status: string };
  variantTitle: string;
  priceMinor: number;
  currency: string;
  /** Units left; null where the shop does not count them. */
  stock: number | null;
  /** Null where it is not known what it cost all of that time, or it was sold in another currency meanwhile. */
  lowestMinor: number | null;
}

/** An order that has arrived. Ids are the shop's. */
export interface DeliveredOrder {
  order: string;
  customerId: string;
  deliveredAt: number;
  grossMinor: number;
  currency: string;
  /** What most was paid for of it; null where that is sold no more. */
  product: { id: string; title: string; url: string | null } | null;
}

/** What a customer bought of one product. Ids are the shop's. */
export interface BoughtAgain {
  customerId: string;
  product: string;
  /** YYYY-MM-DD in the shop's timezone, the earliest first. */
  days: string[];
}

export interface BuyableAgain extends BoughtAgain {
  variant: string;
  title: string;
  url: string | null;
  /** When the customer last ordered anything that stands. */
  lastAt: number;
}

/** An order of a customer's that was not cancelled. `day`: YYYY-MM-DD in the shop's timezone. */
export interface Purchase {
  at: number;
  day: string;
  grossMinor: number;
  currency: string;
}
