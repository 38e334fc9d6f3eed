import type { Grant, Provider } from "#server/catalog/provider.ts";

/** A lifetime beyond ten years is no lifetime: it stays a time that can be written. */
const endAt = (now: number, lifeS: number): number => now + Math.min(lifeS, 315_360_000) * 1000;

/**
 * When a grant's tokens end, in milliseconds since 1970; null where never, or where nobody said. A reply that leaves the
 * lifetime out means the provider's usual one, never "no end". One that leaves the refresh token out leaves the one that is
 * there, with its own end: `kept`.
 */
export function expiriesOf(
  provider: Provider,
  grant: Grant,
  { now, kept }: { now: number; kept: number | null },
): { accessExpiresAt: number | null; refreshExpiresAt: number | null } {
  const refreshLifeS = grant.refreshExpiresInS;
  const newEnd = refreshLifeS === undefined ? null : endAt(now, refreshLifeS);
  const lifeS = grant.expiresInS === undefined ? (provider.oauth?.defaultExpiresInS ?? null) : grant.expiresInS;
  return {
    accessExpiresAt: lifeS === null ? null : endAt(now, lifeS),
    refreshExpiresAt: grant.refreshToken === undefined ? kept : newEnd,
  };
}
