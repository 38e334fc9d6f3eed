export interface Subscription {
  id: string;
  shop: string;
  topic: string;
  uri: string;
}

const subscriptions = new Map<string, Subscription>();

/** Keeps that a shop's events go to an address; null where it is kept already. In memory, as faults and counters are. */
export function subscribe(shop: string, topic: string, uri: string): Subscription | null {
  const key = JSON.stringify([shop, topic, uri]);
  if (subscriptions.has(key)) return null;
  const subscription = { id: `gid://shopify/WebhookSubscription/${subscriptions.size + 1}`, shop, topic, uri };
  subscriptions.set(key, subscription);
  return subscription;
}

/** What was asked for, by whichever shop. */
export const listSubscriptions = (): Subscription[] => [...subscriptions.values()];
