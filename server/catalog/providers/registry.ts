import type { OAuthProvider } from "#server/catalog/provider.ts";
import { notFound } from "#server/errors.ts";
import { google } from "./google.ts";
import { klaviyo } from "./klaviyo.ts";
import { shopify } from "./shopify.ts";

/** All providers, in the order in which the portal shows them. */
export const providers: readonly OAuthProvider[] = [shopify, klaviyo, google];

/** Throws `not_found` for a provider that we do not know. */
export function findProvider(id: string): OAuthProvider {
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw notFound("provider");
  return provider;
}

/** What people call the provider of this id; the id itself where it is no longer on the shelf. */
export const providerName = (id: string): string => providers.find((each) => each.id === id)?.name ?? id;
