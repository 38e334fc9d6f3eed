import type { CustomerSegment } from "#db/words/customer-base.ts";
import type { CatalogPart, SyncFacts } from "#db/words/syncs.ts";

/** A list that an automation keeps for a segment: whose rows are asked for. `accountId`: our id of the account that has the list. */
export interface KeptList {
  automation: string;
  accountId: string;
  segment: CustomerSegment;
}

/** A profile on such a list. Without a customer it is somebody's whom others put there, or who was forgotten. */
export interface ListedProfile {
  profileId: string;
  customerId: string | null;
}

/** What is known of the lists that are kept for segments of the shop's customers, and who is on them by what was proposed and done. */
export interface KeptLists {
  /** What a list came to when it was last compared; null before the first time. */
  facts(of: KeptList): Promise<SyncFacts | null>;
  /** Whether a step of ours that is done made the list of this id (Klaviyo's). */
  made(of: KeptList, list: string): Promise<boolean>;
  /** The list (Klaviyo's id) that a step of ours made last under this name; null where none did. */
  madeAs(of: KeptList, name: string): Promise<string | null>;
  /** Of these profiles those who are on the list by our doing, or soon are, or soon are not. */
  known(of: KeptList, profileIds: readonly string[]): Promise<string[]>;
  /** Of these profiles those whom the comparison that began at an instant found on the list without us. */
  others(of: KeptList, found: { since: number; profileIds: readonly string[] }): Promise<string[]>;
  /** Whether something that puts people on it may still be done. */
  waits(of: KeptList): Promise<boolean>;
  /** Customers of the segment who are not on its list, by id from behind `after`. */
  entering(of: KeptList, page: { after: string | null; limit: number }): Promise<string[]>;
  /** Those on the list who are of the segment no more, or of whom nothing is known since they were forgotten. */
  leaving(of: KeptList, page: { limit: number }): Promise<ListedProfile[]>;
  /** Those whom we put there before an instant, who are of the segment, and whom no comparison has found since: others took them off. */
  missing(of: KeptList, page: { since: number; limit: number }): Promise<{ profiles: ListedProfile[]; all: number }>;
}

/** A product as the shop sells it, with what was last sent of it and of each variant; null where nothing was, or it came to nothing. Amounts in minor units. */
export interface CatalogProduct {
  id: string;
  title: string;
  status: string;
  url: string | null;
  sent: string | null;
  variants: {
    id: string;
    title: string;
    sku: string | null;
    priceMinor: number;
    currency: string;
    /** Null where the shop does not count them. */
    stock: number | null;
    sent: string | null;
  }[];
}

/** What was sent of the shop's products to an account's catalog. */
export interface KeptCatalog {
  /** `others`: what was left alone, since another integration has made it there, counts as not sent. */
  products(page: {
    automation: string;
    accountId: string;
    others: boolean;
    after: string | null;
    limit: number;
  }): Promise<CatalogProduct[]>;
  /** Rows that were sent, of products and variants that the shop has no more. */
  gone(page: { automation: string; accountId: string; limit: number }): Promise<{ part: CatalogPart; id: string; productId: string }[]>;
}

/** Codes that were proposed for a coupon together: one discount at the shop. */
export interface KeptBatch {
  batch: string;
  /** As its payload has it, see `codeBatch`. */
  mark: string;
  /** The coupon that they are for, and our id of the account that has it. */
  coupon: string;
  accountId: string;
  /** The shop's id of the discount; null where none was made. */
  discount: string | null;
  /** `coming`: it may still be done. `undone`: taken back, or being so; until then its codes were there. */
  stands: "done" | "coming" | "undone";
  /** How many codes it was made of, and how many of them are in the coupon or are to be. */
  size: number;
  codes: number;
  handOutUntil: string;
  createdAt: number;
  finishedAt: number | null;
  /** What nobody was given of it was taken out again, or is to be. */
  isWithdrawn: boolean;
}

const capMs = 30 * 86_400_000;
/**
 * How many codes were created in thirty days or still may be, for whichever coupon, also those that were taken back since: what is allowed
 * of them counts these. Counted from when they were made, which may be days after they were proposed.
 */
export const codesLately = (batches: readonly KeptBatch[], now: number): number =>
  batches
    .filter(({ stands, createdAt, finishedAt }) => stands === "coming" || (finishedAt ?? createdAt) > now - capMs)
    .reduce((sum, { codes }) => sum + codes, 0);

/** What was put into coupons. */
export interface KeptCoupons {
  /** All that an automation proposed and that came to something, the first first, whichever coupon and account they were for. */
  batches(of: { automation: string }): Promise<KeptBatch[]>;
  /** HMAC-SHA-256 (hex) of a text by the client's own key, by which codes are made. */
  hashOf(text: string): string;
}

/** What a step found of what is kept in step. */
export interface KeptEffects {
  /** How a list or a catalog is, compared now. `what`: a segment, `catalog` or `coupon`. */
  syncs?: readonly { accountId: string; what: string; facts: SyncFacts }[];
  /** Who is put on a list, or taken off it, by the proposal of this key. */
  listing?: readonly {
    dedupe: string;
    accountId: string;
    segment: CustomerSegment;
    way: "put" | "taken";
    profiles: readonly ListedProfile[];
  }[];
  /** Profiles that are on a list just now: by our doing, and without us. */
  seen?: { accountId: string; segment: CustomerSegment; profileIds: readonly string[]; others: readonly string[] };
  /** Where a comparison begins: who was taken off by then is forgotten. */
  compares?: { accountId: string; segment: CustomerSegment };
  /** What of a catalog is sent by the proposal of this key. */
  catalogSent?: readonly {
    dedupe: string;
    accountId: string;
    rows: readonly { part: CatalogPart; id: string; productId: string; sent: string; isGone: boolean }[];
  }[];
}
