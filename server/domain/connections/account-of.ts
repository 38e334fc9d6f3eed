import type { AccountDetails, ChosenResource, ConnectionKind } from "#db/words/connections.ts";
import type { Account, AccountRequest } from "#server/catalog/account.ts";
import type { Ctx } from "#server/ctx.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { asJson, asStream, asText, type Taking } from "#server/domain/wire/take-reply.ts";

/** What an account says of itself, stored or just begun. */
export interface OpenedAccount {
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

/** A way to read from an API: one call, and its reply as it is taken in. Throws a `ProviderError`. */
export type Read = <T>(request: AccountRequest, taking: Taking<T>) => Promise<T>;

/** An account over a way to read from its API. */
export function accountOf(
  { provider, connectionId, externalId, name, details, fields, kind, scopesGranted, chosen }: OpenedAccount,
  read: Read,
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
    json: async (request, schema) => (await read(request, asJson(schema))).body,
    reply: (request, schema) => read(request, asJson(schema)),
    text: (request) => read(request, asText),
    stream: (request, take) => read(request, asStream(take)),
  };
}

/** The same account, of whose every call `watch` sees how it ends. */
export const watchedAccount = (account: Account, watch: <T>(call: Promise<T>) => Promise<T>): Account => ({
  ...account,
  json: (request, schema) => watch(account.json(request, schema)),
  reply: (request, schema) => watch(account.reply(request, schema)),
  text: (request) => watch(account.text(request)),
  stream: (request, take) => watch(account.stream(request, take)),
});

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
  return accountOf(facts, (request, taking) => callApi(ctx, access, request, taking));
}
