/** Something that happened to a client's shop or account, for automations to hear of. Grows with what automations want to hear. */
export const occurrenceKinds = ["order_paid", "order_delivered", "order_cancelled", "price_changed", "connection_back"] as const;
export type OccurrenceKind = (typeof occurrenceKinds)[number];

/** What is known of an occurrence beside its subject: ids of the shop and amounts in minor units, nothing of a person. */
export interface OccurrenceFacts {
  order_paid: Record<string, never>;
  order_delivered: Record<string, never>;
  order_cancelled: Record<string, never>;
  /** The product of the variant, and what one cost before and costs since. */
  price_changed: { product: string; wasMinor: number; isMinor: number; currency: string };
  connection_back: { provider: string };
}
