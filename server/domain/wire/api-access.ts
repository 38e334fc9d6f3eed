import type { ConnectionKind } from "#db/words/connections.ts";
import type { Destination } from "#server/catalog/account.ts";
import type { Authorization, Provider } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import type { Priority } from "#server/rate-budget.ts";
import type { RatedAccount } from "#server/rate-leases.ts";
import type { OnFailed } from "./failed-call.ts";
import { apiOf, fillEndpoint, variableOf } from "./provider-endpoints.ts";

/** With what an API is called: what was opened of the connection's secrets, and how it was connected. */
export interface ApiAccess {
  provider: Provider;
  kind: ConnectionKind;
  shop: string | null;
  secrets: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
  /** The account's, where it is known: what a day is there. */
  timezone?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Against whose budget calls count, and who goes first there; none: the account is not known yet. */
  rated?: { account: RatedAccount; priority: Priority } | undefined;
  /** Hears of every try that failed, also where a later one went well. */
  onFailed?: OnFailed | undefined;
}

/** The address of a call, its path below the API's base, and the headers that authorise it. Throws `rejected` for an address outside of the API, `misconfigured`. */
export function authorize(ctx: Ctx, access: ApiAccess, destination: Destination): Authorized {
  const { headers, query = {} } = authorizationOf(ctx, access, destination);
  const { url, path } = apiUrl(ctx, access, destination);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { url, path, headers };
}

interface Authorized {
  url: URL;
  path: string;
  headers: Authorization["headers"];
}

function authorizationOf(ctx: Ctx, access: ApiAccess, { service, resource }: Destination): Authorization {
  const { provider, kind, secrets, fields } = access;
  const way = provider[kind];
  if (!way)
    throw new ProviderError(provider.id, "misconfigured", `${provider.name} is not connected by ${kind} any more`, {
      said: ofCall("way_gone", { provider: provider.name }),
    });
  const variable = (name: string) => variableOf(ctx.config, provider, name);
  return way.authorization({ secrets, fields, service: service ?? provider.service, resource, variable });
}

function apiUrl(ctx: Ctx, { provider, shop }: ApiAccess, { path, service }: Destination): Pick<Authorized, "url" | "path"> {
  const base = fillEndpoint(apiOf(ctx.config, provider), { shop, service: service ?? provider.service });
  const root = base.pathname.replace(/\/+$/, "");
  const url = path.startsWith("/") ? new URL(`${base.origin}${root}${path}`) : new URL(path);
  if (url.origin !== base.origin || !url.pathname.startsWith(`${root}/`)) {
    throw new ProviderError(provider.id, "rejected", "an address outside of the provider's API", { said: ofCall("address_foreign") });
  }
  return { url, path: url.pathname.slice(root.length) };
}
