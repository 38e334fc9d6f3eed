import { oauthProviders } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";

/** A provider from whose accounts the agency can make clients. */
export interface ClientSource {
  provider: string;
  name: string;
  /** Whether we have a client id and secret there. */
  configured: boolean;
  needsShop: boolean;
}

/** All of them, in the order of the shelf. */
export const clientSources = (ctx: Ctx): ClientSource[] =>
  oauthProviders
    .filter(({ oauth }) => oauth.opensClient !== undefined)
    .map((provider) => ({
      provider: provider.id,
      name: provider.name,
      configured: isConfigured(ctx.config, provider),
      needsShop: provider.oauth.shop !== null,
    }));
