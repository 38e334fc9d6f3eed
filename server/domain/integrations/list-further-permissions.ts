import { findProvider } from "#server/catalog/providers/registry.ts";

/** The permissions that may be asked for by name beside a provider's sets, by the first part of their names. Throws `not_found`. */
export function listFurtherPermissions({ provider }: { provider: string }): { group: string; names: string[] }[] {
  const { oauth } = findProvider(provider);
  const known = new Set([...(oauth?.identityScopes ?? []), ...(oauth?.scopeSets ?? []).flatMap(({ scopes }) => scopes)]);
  const groups = new Map<string, string[]>();
  for (const name of [...(oauth?.permissions ?? [])].sort()) {
    if (known.has(name)) continue;
    const group = /^[a-z0-9]+/i.exec(name)?.[0] ?? name;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].map(([group, names]) => ({ group, names }));
}
