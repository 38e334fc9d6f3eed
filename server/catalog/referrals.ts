import type { RefusalReason } from "#db/words/referrals.ts";

const dayMs = 86_400_000;
/** A parcel of which no carrier says that it arrived is taken to have done so by then. */
const arrivedAfterMs = 60 * dayMs;

/** A code that a customer is to be given for their friends, and the key of the proposal that makes it. Instants. */
export interface FriendsCode {
  code: string;
  customerId: string;
  endsAt: number;
  dedupe: string;
}

/** An order that was placed with such a code. Ids are the shop's; null: by a guest. Amounts in minor units of `currency`. */
export interface FoundReferral {
  orderId: string;
  code: string;
  referrerId: string;
  friendId: string | null;
  placedAt: number;
  valueMinor: number;
  currency: string;
}

/** The same, with what is stored of its order now. */
export interface OpenReferral extends FoundReferral {
  /** Also where the shop deleted it. */
  cancelled: boolean;
  /** Whether any money was given back. */
  returned: boolean;
  paid: boolean;
  deliveredAt: number | null;
  /** Whether the friend had ordered before, had a code of their own, or was somebody's friend already. */
  known: boolean;
}

/** What became of it. Rewarded: by the proposal of this key; `household`: where the order went, or who is written to where it went nowhere, as a keyed hash. */
export type JudgedReferral = Pick<FoundReferral, "orderId" | "valueMinor" | "currency"> &
  ({ refused: RefusalReason } | { rewarded: string; household: string | null });

/** Who brought whom to the shop that a job reads, as far as it is stored. */
export interface Referrals {
  /** Of these customers those who have a code that works at an instant. */
  holders(input: { customers: readonly string[]; at: number }): Promise<string[]>;
  /** Orders that stand, were placed with such a code and are not known yet, by id from behind `after`. */
  unseen(input: { after: string | null; limit: number }): Promise<FoundReferral[]>;
  /** Those that are not judged yet, the first placed first, from behind `after`. */
  open(input: { after: Pick<FoundReferral, "placedAt" | "orderId"> | null; limit: number }): Promise<OpenReferral[]>;
  /** Whether the shop has said of any order since an instant that it arrived. */
  tellsDeliveries(since: number): Promise<boolean>;
  /** How many of one customer's, or of all, were rewarded since an instant; those whose reward came to nothing do not count. */
  rewarded(input: { referrer?: string; since: number }): Promise<number>;
  /** Whether a rewarded friend of this customer ordered to a household. */
  isHousehold(input: { referrer: string; household: string }): Promise<boolean>;
  /** HMAC-SHA-256 (hex) of a text by a key of the client's own: what it was cannot be told from it. */
  hashOf(text: string): string;
}

/** From when on an order can no longer be returned: so many days after it arrived, where the shop tells that of its orders. Instants. */
export function returnableUntil(
  { placedAt, deliveredAt }: { placedAt: number; deliveredAt: number | null },
  { returnDays, tells }: { returnDays: number; tells: boolean },
): number {
  return (deliveredAt ?? (tells ? placedAt + arrivedAfterMs : placedAt)) + returnDays * dayMs;
}

/** How far back it is looked whether the shop tells deliveries. */
export const tellsWithinMs = 90 * dayMs;
