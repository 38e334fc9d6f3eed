import type { OAuthEndpoints, OAuthProvider, Provider } from "#server/catalog/provider.ts";
import type { Config } from "#server/env.ts";
import { ofCall, ProviderError } from "#server/errors.ts";

/** Where a provider's consent and tokens are: its own endpoints, or those that PROVIDER_ENDPOINTS names instead. */
export function oauthEndpointsOf(config: Config, provider: OAuthProvider): OAuthEndpoints {
  const own = provider.oauth.endpoints;
  const { authorize, token, revoke, introspect, issuer } = { ...own, ...overrideOf(config, provider) };
  return {
    authorize: authorize ?? own.authorize,
    token: token ?? own.token,
    ...(revoke !== undefined && { revoke }),
    ...(introspect !== undefined && { introspect }),
    ...(issuer !== undefined && { issuer }),
  };
}

/** The base of a provider's API, or what PROVIDER_ENDPOINTS names instead. */
export const apiOf = (config: Config, provider: Provider): string => overrideOf(config, provider).api ?? provider.api;

const overrideOf = (config: Config, provider: Provider) => config.PROVIDER_ENDPOINTS?.[provider.id] ?? {};

/** Fills a template; throws where it asks for a part that is not there. */
export function fillEndpoint(template: string, parts: { shop: string | null; service?: string | undefined }): URL {
  const filled = template.replace(/\{(shop|service)\}/g, (_, name: "shop" | "service") => {
    const part = parts[name];
    if (!part || !/^[a-z0-9.-]+$/.test(part)) throw new Error(`the endpoint ${template} needs a ${name}`);
    return part;
  });
  return new URL(filled);
}

/** Whether we may send to this address at all: the provider's own hosts over https, or where PROVIDER_ENDPOINTS points. */
export function mayReach(config: Config, provider: Provider, url: URL): boolean {
  if (url.username || url.password) return false;
  const elsewhere = Object.values(overrideOf(config, provider)).some((template) => template && originOf(template) === url.origin);
  return elsewhere || isOneOf(provider.hosts, url);
}

/** Whether a redirect of the provider's may lead us there: its own hosts, or those that it keeps files at. */
export const mayFollowTo = (config: Config, provider: Provider, url: URL): boolean =>
  mayReach(config, provider, url) || (!url.username && !url.password && isOneOf(provider.redirectHosts ?? [], url));

const isOneOf = (hosts: readonly RegExp[], { protocol, port, hostname }: URL): boolean =>
  protocol === "https:" && port === "" && hosts.some((host) => host.test(hostname));

/** The origin of a template; null where its host is itself a part to fill in. */
function originOf(template: string): string | null {
  return URL.canParse(template) && !/^[a-z]+:\/\/[^/]*\{/.test(template) ? new URL(template).origin : null;
}

/** A variable of our configuration that a provider's requests need. Throws `misconfigured` where it is not set. */
export function variableOf(config: Config, provider: Provider, name: string): string {
  const value: unknown = Reflect.get(config, name);
  if (typeof value !== "string" || value === "")
    throw new ProviderError(provider.id, "misconfigured", `${name} is not set`, { said: ofCall("not_set", { variable: name }) });
  return value;
}

/** Whether we have a client id and secret at the provider; a key needs neither. */
export const isConfigured = (config: Config, { oauth }: Provider): boolean =>
  oauth !== undefined && Object.values(oauth.credentials).every((name) => Boolean(Reflect.get(config, name)));

/** Our client id and secret at the provider. Throws `misconfigured` where one is missing: without it nothing can be proven. */
export function credentialsOf(config: Config, provider: OAuthProvider): { clientId: string; clientSecret: string } {
  const { clientId, clientSecret } = provider.oauth.credentials;
  return { clientId: variableOf(config, provider, clientId), clientSecret: variableOf(config, provider, clientSecret) };
}
