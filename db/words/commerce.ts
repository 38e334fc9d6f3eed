/**
 * What a customer agreed to be sent, as Shopify words it (`pending`: asked to confirm). `redacted` and `invalid`: there is no address any
 * more, or none that works; `none`: there is none at all; `unknown`: a word that Shopify has added since.
 */
export const consents = ["subscribed", "unsubscribed", "not_subscribed", "pending", "redacted", "invalid", "none", "unknown"] as const;
export type Consent = (typeof consents)[number];

/**
 * A line of an order, by place, since an order may have a thousand: the shop's ids of the line, its product and variant (null: deleted
 * since, or a line that is no product), how many were ordered, how many are still wanted, and in minor units of the order's currency the
 * price of one and what the line came to after discounts.
 */
export type OrderLine = readonly [
  line: string,
  product: string | null,
  variant: string | null,
  quantity: number,
  current: number,
  unitMinor: number,
  totalMinor: number,
];

/** A parcel of an order, in Shopify's words. Instants. */
export interface Fulfilment {
  id: string;
  /** `SUCCESS`, `CANCELLED`, `ERROR`, `FAILURE` and older ones. */
  status: string;
  /** Where it is: `IN_TRANSIT`, `DELIVERED` and so on; null where no carrier said. */
  display: string | null;
  createdAt: number;
  deliveredAt: number | null;
}

/** The status of a product that its shop has deleted: a word of ours, since Shopify says nothing of what it no longer has. */
export const goneProduct = "DELETED";
