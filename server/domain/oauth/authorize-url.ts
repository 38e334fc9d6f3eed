import { CodeChallengeMethod, OAuth2Client } from "arctic";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { credentialsOf, endpointsOf, fillEndpoint } from "#server/domain/connections/provider-endpoints.ts";
import type { Config } from "#server/env.ts";

/** The one redirect URI of a provider, as it is registered there. */
export const redirectUriOf = (config: Config, provider: OAuthProvider): string =>
  `${config.APP_ORIGIN}/api/auth/oauth/${provider.id}/callback`;

/** Where the browser goes to consent. Throws `misconfigured` without our client id and secret. */
export function authorizeUrl(
  config: Config,
  provider: OAuthProvider,
  { state, verifier, shop, scopes }: { state: string; verifier: string | null; shop: string | null; scopes: readonly string[] },
): URL {
  const { clientId, clientSecret } = credentialsOf(config, provider);
  const endpoint = fillEndpoint(endpointsOf(config, provider).authorize, { shop, service: provider.service }).href;
  const client = new OAuth2Client(clientId, clientSecret, redirectUriOf(config, provider));
  const url =
    verifier === null
      ? client.createAuthorizationURL(endpoint, state, [])
      : client.createAuthorizationURLWithPKCE(endpoint, state, CodeChallengeMethod.S256, verifier, []);
  // arctic joins scopes by spaces only.
  url.searchParams.set("scope", scopes.join(provider.scopeSeparator));
  for (const [name, value] of Object.entries(provider.authorizeParameters)) url.searchParams.set(name, value);
  return url;
}
