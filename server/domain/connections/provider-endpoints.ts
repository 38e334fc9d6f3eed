import type { Endpoints, OAuthProvider } from "#server/catalog/provider.ts";
import type { Config } from "#server/env.ts";
import { ProviderError } from "#server/errors.ts";

/** Where a provider is reached: its own endpoints, or those that PROVIDER_ENDPOINTS names instead. */
export function endpointsOf(config: Config, provider: OAuthProvider): Endpoints {
  const { authorize, token, revoke, api } = { ...provider.endpoints, ...overrideOf(config, provider) };
  return {
    authorize: authorize ?? provider.endpoints.authorize,
    token: token ?? provider.endpoints.token,
    api: api ?? provider.endpoints.api,
    ...(revoke !== undefined && { revoke }),
  };
}

const overrideOf = (config: Config, provider: OAuthProvider) => config.PROVIDER_ENDPOINTS?.[provider.id] ?? {};

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
export function mayReach(config: Config, provider: OAuthProvider, url: URL): boolean {
  if (url.username || url.password) return false;
  const elsewhere = Object.values(overrideOf(config, provider)).some((template) => template && originOf(template) === url.origin);
  return elsewhere || (url.protocol === "https:" && url.port === "" && provider.hosts.some((host) => host.test(url.hostname)));
}

/** The origin of a template; null where its host is itself a part to fill in. */
function originOf(template: string): string | null {
  return URL.canParse(template) && !/^[a-z]+:\/\/[^/]*\{/.test(template) ? new URL(template).origin : null;
}

/** Our client id and secret at the provider. Throws `misconfigured` where one is missing: without it nothing can be proven. */
export function credentialsOf(config: Config, provider: OAuthProvider): { clientId: string; clientSecret: string } {
  const read = (name: string) => {
    const value: unknown = Reflect.get(config, name);
    if (typeof value !== "string" || value === "") throw new ProviderError(provider.id, "misconfigured", `${name} is not set`);
    return value;
  };
  return { clientId: read(provider.credentials.clientId), clientSecret: read(provider.credentials.clientSecret) };
}
