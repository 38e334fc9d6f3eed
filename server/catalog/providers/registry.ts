import type { KeyProvider, OAuthProvider, Provider } from "#server/catalog/provider.ts";
import { notFound } from "#server/errors.ts";
import { apify } from "./apify.ts";
import { bigbuy } from "./bigbuy.ts";
import { cj } from "./cj.ts";
import { google } from "./google.ts";
import { hubspot } from "./hubspot.ts";
import { klaviyo } from "./klaviyo.ts";
import { linkedin } from "./linkedin.ts";
import { meta } from "./meta.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { telnyx } from "./telnyx.ts";
import { tiktok } from "./tiktok.ts";
import { twilio } from "./twilio.ts";
import { vapi } from "./vapi.ts";
import { whatsapp } from "./whatsapp.ts";

/** All providers, in the order in which the portal shows them. */
export const providers: readonly Provider[] = [
  shopify,
  klaviyo,
  google,
  meta,
  tiktok,
  hubspot,
  slack,
  linkedin,
  telnyx,
  cj,
  bigbuy,
  vapi,
  twilio,
  whatsapp,
  apify,
];

/** Those that are connected by OAuth. */
export const oauthProviders: readonly OAuthProvider[] = providers.filter(
  (provider): provider is OAuthProvider => provider.oauth !== undefined,
);

/** Throws `not_found` for a provider that we do not know. */
export function findProvider(id: string): Provider {
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw notFound("provider");
  return provider;
}

/** Those that are connected by a key. */
export const keyProviders: readonly KeyProvider[] = providers.filter((provider): provider is KeyProvider => provider.key !== undefined);

/** Throws `not_found` for a provider that we do not know, or that is connected by OAuth alone. */
export function findKeyProvider(id: string): KeyProvider {
  const provider = keyProviders.find((each) => each.id === id);
  if (!provider) throw notFound("provider");
  return provider;
}

/** Throws `not_found` for a provider that we do not know, or that is connected by keys alone. */
export function findOAuthProvider(id: string): OAuthProvider {
  const provider = oauthProviders.find((each) => each.id === id);
  if (!provider) throw notFound("provider");
  return provider;
}

/** What people call the provider of this id; the id itself where it is no longer on the shelf. */
export const providerName = (id: string): string => providers.find((each) => each.id === id)?.name ?? id;
