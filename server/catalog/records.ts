import type { Evidence } from "#db/words/actions.ts";
import type { Consent, Fulfilment, OrderLine } from "#db/words/commerce.ts";
import type { Money } from "#db/words/locales.ts";

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

/** How far an order has come. Instants are milliseconds since 1970. */
export interface ParcelsRecord {
  orderExternalId: string;
  fulfilments: readonly Fulfilment[];
  /** When the last of it reached its buyer; null while something has not, as far as its carriers say. */
  deliveredAt: number | null;
}

/** Orders that were asked where their parcels are, because the shop had said until this instant that these moved. */
export interface AskedParcels {
  orderExternalIds: readonly string[];
  until: number;
}

/** What is in an order. Amounts are minor units of its currency. */
export interface ContentsRecord extends ParcelsRecord {
  updatedAt: number;
  /** Whether all of it was paid, also where some was given back since. */
  paid: boolean;
  lines: readonly OrderLine[];
  codes: readonly string[];
}

/** A product with all its variants. Amounts in minor units of the shop's currency. */
export interface ProductRecord {
  externalId: string;
  title: string;
  handle: string;
  status: string;
  vendor: string;
  type: string;
  url: string | null;
  updatedAt: number;
  variants: readonly VariantRecord[];
}

export interface VariantRecord {
  externalId: string;
  title: string;
  sku: string | null;
  priceMinor: number;
  compareAtMinor: number | null;
  currency: string;
  /** Units left; null where the shop does not count them. */
  stock: number | null;
}

/** Which products a reading of all of them found: what was not seen since it began is gone. Instant. */
export interface ListedProducts {
  seenSince: number;
}

/** A customer by the shop's id, with what may be sent to them: no name and no address. */
export interface CustomerRecord {
  externalId: string;
  orders: number;
  spentMinor: number;
  currency: string;
  mailConsent: Consent;
  smsConsent: Consent;
  createdAt: number;
  updatedAt: number;
}

/** One thing that is proposed: a kind of the shelf of actions, and what it would do. */
export interface ProposedStep {
  kind: string;
  payload: unknown;
}

/** What an automation proposes. Proposed again under the same `dedupe` it is not proposed twice. */
export interface Proposal {
  /** `customer:…`, `product:…`, `order:…`, by the shop's id. */
  subject: `${string}:${string}`;
  /** Whom it is about, by the shop's id, where it is about a customer. */
  customerId?: string;
  /** One, or a chain: each is done after the one before it, and what is left is voided where one fails. */
  steps: readonly [ProposedStep, ...ProposedStep[]];
  /** One of the automation's reasons, and what it names. */
  evidence: Evidence;
  dedupe: string;
  /** The order at a supplier that it is of, as it was read: where a person changed that since, it is not written. */
  asRead?: { orderId: string; provider: string; part: number; version: number };
  /** After this instant it is no longer offered or done. */
  expiresAt: number;
  stake?: Money;
  /** It was promised to the customer: nobody is left out of it, so that it is in no comparison. */
  owed?: true;
  /** 0 to 1: how sure the automation is. */
  score?: number;
}
