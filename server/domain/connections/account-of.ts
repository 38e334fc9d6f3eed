import type { Account } from "#server/catalog/account.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { callApi } from "./call-api.ts";
import type { AccountDetails } from "./schemas.ts";

/** What an account says of itself, stored or just begun. */
export interface AccountFacts {
  provider: string;
  connectionId: string;
  externalId: string;
  name: string;
  details: AccountDetails;
}

/** An account over a way to call its API. */
export function accountOf({ provider, connectionId, externalId, name, details }: AccountFacts, json: Account["json"]): Account {
  return {
    provider,
    connectionId,
    externalId,
    name,
    currency: details.currency,
    timezone: details.timezone,
    resources: details.resources ?? [],
    json,
  };
}

/** An account that is not stored yet: with the token of a fresh grant, to ask the API who it is. */
export function newcomer(
  ctx: Ctx,
  provider: OAuthProvider,
  { connectionId, shop, accessToken }: { connectionId: string; shop: string | null; accessToken: string },
): Account {
  const facts = { provider: provider.id, connectionId, externalId: "", name: "", details: {} };
  return accountOf(facts, (request, schema) => callApi(ctx, { provider, shop, accessToken }, request, schema));
}
