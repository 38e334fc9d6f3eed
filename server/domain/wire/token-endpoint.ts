import * as z from "zod";
import type { Failure, Grant, OAuthProvider, Reply } from "#server/catalog/provider.ts";
import { clientCredentials, failureOfStatus } from "#server/catalog/providers/replies.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { askOnce, type OnFailed } from "./failed-call.ts";
import { credentialsOf, fillEndpoint, oauthEndpointsOf } from "./provider-endpoints.ts";

/** Error codes of RFC 6749 (5.2) and what they mean for us; anything else is `rejected`. */
const meaning: Readonly<Record<string, Failure["kind"]>> = {
  invalid_grant: "revoked",
  invalid_client: "misconfigured",
  unauthorized_client: "misconfigured",
  redirect_uri_mismatch: "misconfigured",
  temporarily_unavailable: "unavailable",
  server_error: "unavailable",
};
const ErrorReply = z.object({ error: z.string() });

/**
 * Asks the token endpoint, for the exchange of a code or for a refresh. Own request instead of arctic's: arctic calls the
 * global fetch, so it knows neither our deadline nor the host allowlist, it takes a 403 or 429 for the unexpected, and it
 * cannot send a client's secret in a JSON or form body.
 *
 * Throws `revoked` for a code or refresh token that is refused, `misconfigured` for our own client, `rate_limited`,
 * `unavailable` (also for a reply that cannot be read: it may have been acted on), `rejected`.
 */
export async function requestToken(
  ctx: Ctx,
  provider: OAuthProvider,
  {
    shop,
    fields,
    timeoutMs,
    onFailed,
  }: { shop: string | null; fields: Readonly<Record<string, string>>; timeoutMs?: number; onFailed?: OnFailed | undefined },
): Promise<Grant> {
  return ask(ctx, provider, { template: oauthEndpointsOf(ctx.config, provider).token, shop, fields, timeoutMs, onFailed }, ({ body }) =>
    readGrant(ctx, provider.id, () => provider.oauth.readGrant(body)),
  );
}

/** What the provider says that a token is of (RFC 7662), as it came. Throws as `requestToken` does. */
export async function introspectToken(
  ctx: Ctx,
  provider: OAuthProvider,
  { shop, accessToken }: { shop: string | null; accessToken: string },
): Promise<unknown> {
  const template = oauthEndpointsOf(ctx.config, provider).introspect;
  if (template === undefined) throw new ProviderError(provider.id, "misconfigured", "it has no introspection endpoint");
  return ask(ctx, provider, { template, shop, fields: { token: accessToken, token_type_hint: "access_token" } }, ({ body }) => body);
}

async function ask<T>(
  ctx: Ctx,
  provider: OAuthProvider,
  {
    template,
    shop,
    fields,
    timeoutMs,
    onFailed,
  }: {
    template: string;
    shop: string | null;
    fields: Readonly<Record<string, string>>;
    timeoutMs?: number | undefined;
    onFailed?: OnFailed | undefined;
  },
  read: (reply: Reply) => T,
): Promise<T> {
  const url = fillEndpoint(template, { shop, service: provider.service });
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  // What it says may repeat the token that it was sent; `askOnce` takes that out before the words are cut.
  return askOnce(ctx, provider, {
    url,
    request: { method: "POST", ...authenticated(ctx, provider, fields), ...patience },
    failureOf: (reply) => provider.oauth.tokenFailureOf?.(reply) ?? tokenFailureOf(reply),
    read,
    onFailed,
  });
}

function tokenFailureOf({ status, headers, body }: Reply): Failure | null {
  const code = ErrorReply.safeParse(body).data?.error;
  const byStatus = failureOfStatus(status, headers, `status ${status}`);
  if (byStatus?.kind === "unavailable" || byStatus?.kind === "rate_limited") return byStatus;
  if (code !== undefined) return { kind: meaning[code] ?? "rejected", message: `token endpoint: ${code.slice(0, 100)}` };
  return byStatus && { ...byStatus, kind: "rejected" };
}

/** What `read` makes of a reply; one that is no grant is `unavailable`. Its tokens are concealed in the log from here on. */
export function readGrant(ctx: Ctx, provider: string, read: () => Grant): Grant {
  try {
    const grant = read();
    for (const token of [grant.accessToken, grant.refreshToken]) if (token !== undefined) ctx.log.conceal(token);
    return grant;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    // Its issues name fields, never values.
    throw new ProviderError(provider, "unavailable", "the token reply could not be read", {
      said: ofCall("token_unreadable"),
      cause: error,
    });
  }
}

function authenticated(ctx: Ctx, provider: OAuthProvider, fields: Readonly<Record<string, string>>) {
  const { clientId, clientSecret } = credentialsOf(ctx.config, provider);
  const names = provider.oauth.clientNames ?? { id: "client_id", secret: "client_secret" };
  const withClient = { [names.id]: clientId, [names.secret]: clientSecret, ...fields };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  switch (provider.oauth.clientAuthentication) {
    case "json":
      return { headers: { "content-type": "application/json" }, body: JSON.stringify(withClient) };
    case "body":
      return { headers: form, body: new URLSearchParams(withClient).toString() };
    case "basic":
      return {
        headers: { ...form, authorization: clientCredentials(clientId, clientSecret) },
        body: new URLSearchParams(fields).toString(),
      };
    default:
      return provider.oauth.clientAuthentication satisfies never;
  }
}
