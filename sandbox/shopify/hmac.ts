import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeBase64, encodeHexLowerCase } from "@oslojs/encoding";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The signature of a callback: sorted, form-encoded parameters without `hmac` and `signature`, as lower-case hex. */
export function callbackHmac(query: Record<string, string>, secret: string): string {
  const canonical = new URLSearchParams(Object.entries(query).filter(([name]) => name !== "hmac" && name !== "signature"));
  canonical.sort();
  return encodeHexLowerCase(hmac(SHA256, bytes(secret), bytes(canonical.toString())));
}

/** The X-Shopify-Hmac-Sha256 header of a webhook: over the raw body, as base64. */
export function webhookHmac(body: string, secret: string): string {
  return encodeBase64(hmac(SHA256, bytes(secret), bytes(body)));
}

/** Headers and body of one delivery, as Shopify sends it. `payload` may be the raw text or a value to serialise. */
export function signedWebhook(
  input: { topic: string; shop: string; payload: unknown; webhookId?: string; now: number },
  secret: string,
): { headers: Record<string, string>; body: string } {
  const body = typeof input.payload === "string" ? input.payload : JSON.stringify(input.payload);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": input.topic,
      "x-shopify-shop-domain": input.shop,
      "x-shopify-api-version": "2026-07",
      "x-shopify-webhook-id": input.webhookId ?? crypto.randomUUID(),
      "x-shopify-event-id": crypto.randomUUID(),
      "x-shopify-triggered-at": new Date(input.now).toISOString(),
      "x-shopify-hmac-sha256": webhookHmac(body, secret),
    },
  };
}
