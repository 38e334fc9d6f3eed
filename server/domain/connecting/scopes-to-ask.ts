import type { Job } from "#server/catalog/job.ts";
import { grantsAll, type OAuthProvider } from "#server/catalog/provider.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";

/** What a person wants to allow, as the query says it. */
export interface WantedScopes {
  /** Ids of scope sets, comma-separated. */
  sets?: string | undefined;
  /** Permissions by name, or by the name of their set; separated by commas or spaces. */
  scopes?: string | undefined;
  /** `missing`: only what a connection that works lacks. */
  only?: string | undefined;
}

const namesIn = (list: string | undefined): string[] => [...new Set((list ?? "").split(/[\s,]+/).filter(Boolean))];

/**
 * The scopes of the consent; null where a set or a name is none of the provider's. Without a wish: the sets that are on by
 * default, and on a reconnect all that the connection had. Only the missing ones: those that are wished for, else those that
 * were asked for or that one of `jobs` needs, which are those that the client has on; where the provider forgets what a consent leaves out, what was granted is asked for
 * again with them.
 */
export function scopesToAsk(
  provider: OAuthProvider,
  wanted: WantedScopes,
  { known, jobs }: { known: ConnectionRow | null; jobs: readonly Job[] },
): string[] | null {
  const { scopeSets, identityScopes, permissions = [], incremental } = provider.oauth;
  const offered = new Set([...permissions, ...identityScopes, ...scopeSets.flatMap(({ scopes }) => scopes)]);
  const named = namesIn(wanted.scopes);
  // A permission comes before a set of the same name.
  const names = named.filter((name) => offered.has(name));
  const ids = [...namesIn(wanted.sets), ...named.filter((name) => !offered.has(name))];
  if (ids.some((id) => !scopeSets.some((set) => set.id === id))) return null;

  const isWish = ids.length > 0 || names.length > 0;
  // A key connection that is turned into OAuth has asked for nothing yet.
  const byDefault = known?.kind !== "oauth";
  const sets = scopeSets.filter((set) => (isWish ? ids.includes(set.id) : set.default && byDefault));
  const wish = [...sets.flatMap(({ scopes }) => scopes), ...names];
  // What the app is not approved for any more is not asked for again.
  const asked = (known?.scopesAsked ?? []).filter((scope) => offered.has(scope));
  if (wanted.only === "missing" && known?.kind === "oauth" && known.status === "active") {
    const lacks = (scope: string) => !grantsAll(provider, known, [scope]);
    const missing = (isWish ? wish : [...asked, ...neededOf(provider, jobs).filter((scope) => offered.has(scope))]).filter(lacks);
    if (missing.length > 0) {
      const kept = incremental ? [] : asked.filter((scope) => !lacks(scope));
      return [...new Set([...identityScopes, ...kept, ...missing])];
    }
  }
  return [...new Set([...identityScopes, ...asked, ...wish])];
}

const neededOf = ({ id }: OAuthProvider, jobs: readonly Job[]): string[] =>
  jobs.flatMap(({ needs }) => needs.flatMap((need) => (need.provider === id ? need.scopes : [])));

/**
 * What is granted after a consent. `said` is the provider's own word: its token reply's, else its API's or introspection's. Where it
 * has none nothing counts as granted: RFC 6749 (5.1) lets a reply leave out a `scope` that is what was asked for, but none of our
 * providers promises that it does so then alone, and a person may have allowed less. `before` is what the connection had until now:
 * it stays where the provider adds to it and its word is of this consent alone, or is missing.
 */
export function grantedAfter(
  { oauth }: OAuthProvider,
  { said, before }: { said: readonly string[] | undefined; before: readonly string[] },
): string[] {
  const isPart = oauth.incremental && (said === undefined || oauth.repliesPartly === true);
  return [...new Set([...(isPart ? before : []), ...(said ?? [])])];
}
