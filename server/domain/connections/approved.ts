import type { OAuthProvider } from "#server/catalog/provider.ts";
import type { Config } from "#server/env.ts";

/**
 * A provider as our app may ask it: without the permissions that it has not approved the app for (UNAPPROVED_SCOPES), which would fail
 * the whole consent. A set that has nothing left is not offered.
 */
export function approved(config: Config, provider: OAuthProvider): OAuthProvider {
  const { scopeSets, permissions = [], ...oauth } = provider.oauth;
  const mayAsk = (scope: string) => !config.UNAPPROVED_SCOPES.has(`${provider.id}:${scope}`);
  const sets = scopeSets.map((set) => ({ ...set, scopes: set.scopes.filter(mayAsk) })).filter(({ scopes }) => scopes.length > 0);
  return { ...provider, oauth: { ...oauth, scopeSets: sets, permissions: permissions.filter(mayAsk) } };
}
