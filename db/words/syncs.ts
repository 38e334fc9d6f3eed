import type { CustomerSegment } from "./customer-base.ts";

/** What a list that is kept for a segment came to when it was last compared. */
export interface ListFacts {
  of: "list";
  segment: CustomerSegment;
  name: string;
  /** Klaviyo's id of it; null where there is none yet. */
  list: string | null;
  /** Whether we made it: nobody whom others put there is taken off any other. */
  isOurs: boolean;
  /** Somebody deleted it there. */
  isDeleted: boolean;
  /** How many profiles it has there; null where it is not there. */
  there: number | null;
  /** Put there by others, and taken off by others. */
  addedByOthers: number;
  removedByOthers: number;
  /** Customers of the segment of whom Klaviyo has no profile. */
  unknown: number;
}

/** What a catalog came to when the shop's products were last gone through. */
export interface CatalogFacts {
  of: "catalog";
  /** Who keeps the products there: the account's own integration with the shop, or we. */
  keptBy: "klaviyo" | "us";
  products: number;
  variants: number;
  /** Of the products those that the account's own integration has there, as far as it shows them. */
  matched: number;
  /** Products that are not sent, since their title, page or SKU looks like somebody's address or number, or they have no page. */
  unfit: number;
}

/** What a coupon came to when its codes were last counted. */
export interface CouponFacts {
  of: "coupon";
  /** Its name in Klaviyo. */
  coupon: string;
  /** False where one of this name is there that was not made here, or has other terms. */
  isOurs: boolean;
  /** Codes that may be handed out, that somebody was given, that an order used, and that nobody was given in time. */
  ready: number;
  assigned: number;
  used: number;
  expired: number;
  /** As the settings said it: so many are kept ready, it is filled up below that, and so many are made in 30 days at most. */
  keep: number;
  below: number;
  most: number;
}

export type SyncFacts = ListFacts | CatalogFacts | CouponFacts;

/** What a catalog has rows of. */
export const catalogParts = ["item", "variant"] as const;
export type CatalogPart = (typeof catalogParts)[number];
