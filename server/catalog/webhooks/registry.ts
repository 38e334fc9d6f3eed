import { notFound } from "#server/errors.ts";
import { hubspotWebhook } from "./hubspot.ts";
import { klaviyoWebhook } from "./klaviyo.ts";
import { metaWebhook } from "./meta.ts";
import { shopifyWebhook } from "./shopify.ts";
import { slackWebhook } from "./slack.ts";
import { telnyxWebhook } from "./telnyx.ts";
import { tiktokWebhook } from "./tiktok.ts";
import type { Webhook } from "./webhook.ts";

/** The providers that send us events. */
export const webhooks: readonly Webhook[] = [
  shopifyWebhook,
  klaviyoWebhook,
  hubspotWebhook,
  metaWebhook,
  slackWebhook,
  tiktokWebhook,
  telnyxWebhook,
];

/** Throws `not_found` for a provider that sends us nothing. */
export function findWebhook(provider: string): Webhook {
  const webhook = webhooks.find((each) => each.provider === provider);
  if (!webhook) throw notFound("webhook");
  return webhook;
}
