import { CodeChallengeMethod, generateState, OAuth2Client } from "arctic";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { credentialsOf, fillEndpoint, oauthEndpointsOf } from "#server/domain/wire/provider-endpoints.ts";
import type { Config } from "#server/env.ts";

/** The one redirect URI of a provider, as it is registered there. */
export const redirectUriOf = (config: Config, provider: OAuthProvider): string =>
  `${config.APP_ORIGIN}/api/auth/oauth/${provider.id}/callback`;

/** What binds a callback to the consent that it is of: 256 random bits. Arctic is known to this file alone. */
export const newState = (): string => generateState();

/** Where the browser goes to consent. Throws `misconfigured` without our client id and secret. */
export function authorizeUrl(
  config: Config,
  provider: OAuthProvider,
  {
    state,
    verifier,
    shop,
    scopes,
    choosing = false,
  }: { state: string; verifier: string | null; shop: string | null; scopes: readonly string[]; choosing?: boolean },
): URL {
  const { clientId, clientSecret } = credentialsOf(config, provider);
  const endpoint = fillEndpoint(oauthEndpointsOf(config, provider).authorize, { shop, service: provider.service }).href;
  const client = new OAuth2Client(clientId, clientSecret, redirectUriOf(config, provider));
  const url =
    verifier === null
      ? client.createAuthorizationURL(endpoint, state, [])
      : client.createAuthorizationURLWithPKCE(endpoint, state, CodeChallengeMethod.S256, verifier, []);
  const { oauth } = provider;
  const own = {
    ...(oauth.scopeParameters?.(scopes) ?? { scope: scopes.join(" ") }),
    ...oauth.authorizeParameters,
    ...(choosing && oauth.accountChoiceParameters),
  };
  for (const [name, value] of Object.entries(own)) url.searchParams.set(name, value);
  if (oauth.clientNames) {
    url.searchParams.delete("client_id");
    url.searchParams.set(oauth.clientNames.id, clientId);
  }
  // A space is %20: LinkedIn does not take a plus for one, and everybody reads this.
  url.search = url.search.replaceAll("+", "%20");
  return url;
}
