import { sandboxClients } from "#sandbox/endpoints.ts";
import type { ShopEvent } from "./events.ts";
import { signedWebhook } from "./hmac.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** A delivery as it went out, and its answer's status; null where nobody answered in five seconds, and then why. */
export interface Announced {
  topic: string;
  uri: string;
  headers: Record<string, string>;
  body: string;
  status: number | null;
  fault?: string;
}

const patienceMs = 5_000;

/** Sends each event, signed, to every address that the shop was asked to send it to: once, in the order in which they happened. */
export async function announce(
  subscriptions: Subscriptions,
  { shop, events, now }: { shop: string; events: readonly ShopEvent[]; now: number },
): Promise<Announced[]> {
  const sent: Announced[] = [];
  for (const { topic, payload } of events) {
    const wanted = topic.toUpperCase().replace("/", "_");
    for (const { uri } of [...subscriptions.values()].filter((each) => each.shop === shop && each.topic === wanted)) {
      const signed = signedWebhook({ topic, shop, payload, now }, sandboxClients.shopify.clientSecret);
      sent.push({ topic, uri, ...signed, ...(await answerTo(uri, signed)) });
    }
  }
  return sent;
}

async function answerTo(
  uri: string,
  signed: { headers: Record<string, string>; body: string },
): Promise<Pick<Announced, "status" | "fault">> {
  try {
    const request = { method: "POST", ...signed, redirect: "manual", signal: AbortSignal.timeout(patienceMs) } as const;
    return { status: (await fetch(uri, request)).status };
  } catch (error) {
    return { status: null, fault: String(error) };
  }
}
