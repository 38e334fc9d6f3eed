import type { Grant, OAuthProvider } from "#server/catalog/provider.ts";

/**
 * When a grant's tokens end, in milliseconds since 1970; null where never, or where nobody said. A reply that leaves the
 * lifetime out means the provider's usual one, never "no end".
 */
export function expiriesOf(
  provider: OAuthProvider,
  grant: Grant,
  now: number,
): { accessExpiresAt: number | null; refreshExpiresAt: number | null } {
  const lifeS = grant.expiresInS === undefined ? provider.defaultExpiresInS : grant.expiresInS;
  return {
    accessExpiresAt: lifeS === null ? null : now + lifeS * 1000,
    refreshExpiresAt: grant.refreshExpiresInS === undefined ? null : now + grant.refreshExpiresInS * 1000,
  };
}
