import type { CliffKind } from "#db/words/connections.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { type ConnectionRow, hasSecret } from "#server/domain/connections/rows.ts";
import { type Renewable, waysToTokens } from "./ways-to-tokens.ts";

const dayMs = 86_400_000;

/** How many days ahead people are warned, the earliest warning first. */
export const warningDays = [30, 14, 3] as const;

/** From so many failures in a row on (three hours and more), renewing is not counted on any more. */
const stalledFrom = 10;

/** What ends although everything works. `at` in milliseconds since 1970. */
export interface Cliff {
  at: number;
  kind: Exclude<CliffKind, "version">;
}

/** What a cliff follows from: the row, and by name which secrets are there. */
export type CliffFacts = Renewable & {
  connection: Renewable["connection"] & Pick<ConnectionRow, "connectedAt" | "lastRefreshAt" | "refreshExpiresAt" | "renewFailures">;
};

/**
 * The first thing of a connection that will end and that only a person mends; null where there is none. What a renewal
 * restarts (Shopify's 90 days, Google's six months without use) is no cliff while renewals work. Versions of an API end for all
 * clients at once and are mended by us: see `versionCliffs`.
 */
export function cliffOf(provider: Provider, facts: CliffFacts): Cliff | null {
  const found = [consentEnd(provider, facts), accessEnd(facts), stalledEnd(provider, facts)].filter((cliff) => cliff !== null);
  return found.sort((a, b) => a.at - b.at)[0] ?? null;
}

const byRefreshToken = ({ oauth }: Provider) => oauth?.renewals.find((renewal) => renewal.with === "refresh_token");

/** A refresh token whose life counts from the consent on, or that has an end which renewing does not move. */
function consentEnd(provider: Provider, facts: CliffFacts): Cliff | null {
  const { kind, connectedAt, refreshExpiresAt } = facts.connection;
  if (kind !== "oauth" || !hasSecret(facts, "refresh_token")) return null;
  const { consentS } = provider.oauth?.lives ?? {};
  const fixed = byRefreshToken(provider)?.rotates === false ? refreshExpiresAt : null;
  const ends = [consentS === undefined ? null : connectedAt + consentS * 1000, fixed].filter((at) => at !== null);
  return ends.length === 0 ? null : { at: Math.min(...ends), kind: "consent" };
}

/** An access token, or a key, with an end and nothing to renew it with. */
function accessEnd(facts: CliffFacts): Cliff | null {
  const { accessExpiresAt } = facts.connection;
  return accessExpiresAt === null || waysToTokens(facts).length > 0 ? null : { at: accessExpiresAt, kind: "access" };
}

/** Renewals have failed for hours: what they would have moved comes nearer. */
function stalledEnd(provider: Provider, facts: CliffFacts): Cliff | null {
  const { connection } = facts;
  if (connection.renewFailures < stalledFrom || connection.accessExpiresAt === null) return null;
  if (!hasSecret(facts, "refresh_token")) return { at: connection.accessExpiresAt, kind: "access" };
  const { unusedS } = provider.oauth?.lives ?? {};
  const usedAt = connection.lastRefreshAt ?? connection.connectedAt;
  const ends = [connection.refreshExpiresAt, unusedS === undefined ? null : usedAt + unusedS * 1000].filter((at) => at !== null);
  return ends.length === 0 ? null : { at: Math.min(...ends), kind: "unused" };
}

/** The warning that a cliff so far ahead (milliseconds) asks for: of 3, 14 or 30 days; null where it is too early for any. */
export const warningAt = (aheadMs: number): (typeof warningDays)[number] | null =>
  [...warningDays].reverse().find((days) => aheadMs <= days * dayMs) ?? null;

/** Versions of APIs that we speak and that their providers will end: the same day for every client. */
export function versionCliffs(providers: readonly Provider[]): { provider: Provider; name: string; at: number }[] {
  return providers
    .flatMap((provider) => (provider.versions ?? []).map(({ name, endsOn }) => ({ provider, name, at: Date.parse(`${endsOn}T00:00:00Z`) })))
    .sort((a, b) => a.at - b.at);
}
