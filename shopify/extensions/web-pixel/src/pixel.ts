interface Consent {
  analyticsProcessingAllowed: boolean;
}

/** What of Shopify's web pixels API it touches (shopify.dev, "Web Pixels API"). */
export interface PixelApi {
  analytics: { subscribe(event: "checkout_completed", tell: () => void): unknown };
  customerPrivacy: { subscribe(event: "visitorConsentCollected", tell: (event: { customerPrivacy: Consent }) => void): unknown };
  init: { customerPrivacy: Consent; data: { shop: { myshopifyDomain: string } } };
}

type Send = (url: string, init: { method: "POST"; keepalive: true; headers: Record<string, string>; body: string }) => Promise<unknown>;

/** The deployed Atrium, which `npm run shopify-app` fills in. */
export const endpoint = "https://atrium.example/pixel";

/** All that leaves the visitor's browser: that a checkout was completed, in which shop. No id, no amount, no address, no cookie. */
export const signalOf = (shop: string): string => JSON.stringify({ v: 1, event: "checkout_completed", shop });

/** Tells Atrium that a checkout was completed, where the visitor allows analytics at that moment: also one who took that back, or gave it only now. */
export function listen({ analytics, customerPrivacy, init }: PixelApi, send: Send): void {
  const body = signalOf(init.data.shop.myshopifyDomain);
  let allowed = init.customerPrivacy.analyticsProcessingAllowed;
  customerPrivacy.subscribe("visitorConsentCollected", (event) => {
    allowed = event.customerPrivacy.analyticsProcessingAllowed;
  });
  analytics.subscribe("checkout_completed", () => {
    if (!allowed) return;
    // A text, so that the browser asks nobody before it sends it. Nobody waits for what comes of it.
    send(endpoint, { method: "POST", keepalive: true, headers: { "content-type": "text/plain" }, body }).catch(() => undefined);
  });
}
