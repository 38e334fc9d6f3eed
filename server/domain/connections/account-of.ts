import type { AccountDetails, ChosenResource, ConnectionKind } from "#db/words/connections.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Ctx } from "#server/ctx.ts";
import { type ApiAccess, callApi } from "#server/domain/wire/call-api.ts";

/** What an account says of itself, stored or just begun. */
export interface AccountFacts {
  provider: string;
  connectionId: string;
  externalId: string;
  name: string;
  details: AccountDetails;
  fields: Readonly<Record<string, string>>;
  kind: ConnectionKind;
  scopesGranted?: readonly string[];
  chosen: readonly ChosenResource[];
}

/** An account over a way to call its API. */
export function accountOf(
  { provider, connectionId, externalId, name, details, fields, kind, scopesGranted, chosen }: AccountFacts,
  json: Account["json"],
): Account {
  return {
    provider,
    connectionId,
    externalId,
    name,
    currency: details.currency,
    timezone: details.timezone,
    fields,
    scopes: kind === "key" ? undefined : scopesGranted,
    resources: chosen.filter(({ gone }) => !gone),
    json,
  };
}

/** An account that is not stored yet: with what a fresh grant or a pasted key opens, to ask the API who it is. */
export function newcomer(ctx: Ctx, access: Omit<ApiAccess, "signal">, connectionId: string): Account {
  const facts = {
    provider: access.provider.id,
    connectionId,
    externalId: "",
    name: "",
    details: {},
    fields: access.fields,
    kind: access.kind,
    chosen: [],
  };
  return accountOf(facts, (request, schema) => callApi(ctx, access, request, schema));
}
