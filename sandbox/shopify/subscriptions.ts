export interface Subscription {
  id: string;
  shop: string;
  topic: string;
  uri: string;
}

/** What was asked for, by whichever shop. In memory, as faults and counters are. */
export type Subscriptions = Map<string, Subscription>;

/** Keeps that a shop's events go to an address; null where it is kept already. */
export function subscribe(subscriptions: Subscriptions, { shop, topic, uri }: Omit<Subscription, "id">): Subscription | null {
  const key = JSON.stringify([shop, topic, uri]);
  if (subscriptions.has(key)) return null;
  const subscription = { id: `gid://shopify/WebhookSubscription/${subscriptions.size + 1}`, shop, topic, uri };
  subscriptions.set(key, subscription);
  return subscription;
}
