interface Consent {
  analyticsProcessingAllowed: boolean;
}

/** What of Shopify's web pixels API it touches (shopify.dev, "Web Pixels API"). */
export interface PixelApi {
  analytics: { subscribe(event: "checkout_completed", tell: () => void): unknown };
  customerPrivacy: { subscribe(event: "visitorConsentCollected", tell: (event: { customerPrivacy: Consent }) => void): unknown };
  init: { customerPrivacy: Consent };
  settings: Readonly<Record<string, unknown>>;
}

type Send = (url: string, init: { method: "POST"; keepalive: true; headers: Record<string, string>; body: string }) => Promise<unknown>;

/** All that leaves the visitor's browser, always the same: that a checkout was completed. No id, no amount, no address, no cookie. */
export const signal = JSON.stringify({ v: 1, event: "checkout_completed" });

/**
 * Tells the endpoint of the pixel's settings that a checkout was completed, where the visitor allows analytics at that moment: also one who took that
 * back, or gave it only now. Without an https address in the settings it subscribes to nothing.
 */
export function listen({ analytics, customerPrivacy, init, settings }: PixelApi, send: Send): void {
  const { endpoint } = settings;
  if (typeof endpoint !== "string" || !endpoint.startsWith("https://")) return;
  let allowed = init.customerPrivacy.analyticsProcessingAllowed;
  customerPrivacy.subscribe("visitorConsentCollected", (event) => {
    allowed = event.customerPrivacy.analyticsProcessingAllowed;
  });
  analytics.subscribe("checkout_completed", () => {
    if (!allowed) return;
    // A text, so that the browser asks nobody before it sends it. Nobody waits for what comes of it.
    send(endpoint, { method: "POST", keepalive: true, headers: { "content-type": "text/plain" }, body: signal }).catch(() => undefined);
  });
}
