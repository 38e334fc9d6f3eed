import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import type { Provider } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { type CliffFacts, cliffOf, warningAt } from "./cliffs.ts";
import { waysToTokens } from "./ways-to-tokens.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export type PlanFacts = CliffFacts & {
  connection: CliffFacts["connection"] & Pick<ConnectionRow, "id" | "provider" | "coolUntil" | "cliffAt" | "cliffKind" | "cliffWarned">;
};

/** What is written wherever tokens change: when to renew, and what will end even so. */
export type RenewalPlan = Pick<ConnectionRow, "renewAt" | "planned"> &
  Partial<Pick<ConnectionRow, "cliffAt" | "cliffKind" | "cliffWarned">>;

/**
 * When the cron shall renew, in milliseconds since 1970; null where nothing can, or need be. A quarter of the token's life
 * ahead of its end, at least 5 minutes and at most 15 days, but never more than half of the life; and earlier by up to half of
 * that (an hour at most), which differs by connection, so that tokens issued together are not renewed together. A token without
 * an end that the provider wants exchanged is due at once, and daily should the exchange have given another such one.
 */
export function renewalDueAt(facts: PlanFacts): number | null {
  const { id, kind, accessExpiresAt, lastRefreshAt, connectedAt } = facts.connection;
  if (waysToTokens(facts).length === 0) return null;
  if (accessExpiresAt === null) {
    if (kind === "key") return null;
    return lastRefreshAt === null ? connectedAt : lastRefreshAt + dayMs;
  }
  const lifeMs = Math.max(0, accessExpiresAt - (lastRefreshAt ?? connectedAt));
  const marginMs = Math.min(Math.max(lifeMs / 4, 5 * minuteMs), 15 * dayMs, lifeMs / 2);
  return Math.round(accessExpiresAt - marginMs - shareOf(id) * Math.min(marginMs / 2, hourMs));
}

/** 0 to below 1, the same for the same id (FNV-1a). */
function shareOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * The plan of a connection as it is, or will be once it is written. A cliff that stays where it was (to a day) is left out, so
 * that nobody is warned of it twice; of one that is closer than a warning from the beginning, nobody is warned that early.
 */
export function renewalPlanOf(facts: PlanFacts): RenewalPlan {
  const { connection } = facts;
  const provider = providers.find(({ id }) => id === connection.provider);
  if (!provider) return { renewAt: null, planned, cliffAt: null, cliffKind: null, cliffWarned: null };
  const dueAt = renewalDueAt(facts);
  const cliff = cliffOf(provider, facts);
  const renewAt = dueAt === null ? null : Math.max(dueAt, connection.coolUntil ?? 0);
  if (cliff && cliff.kind === connection.cliffKind && Math.abs(cliff.at - (connection.cliffAt ?? 0)) < dayMs) return { renewAt, planned };
  const cliffWarned = cliff && warningAt(cliff.at - (connection.lastRefreshAt ?? connection.connectedAt));
  return { renewAt, planned, cliffAt: cliff?.at ?? null, cliffKind: cliff?.kind ?? null, cliffWarned };
}

/** What plans follow from, of one provider. */
const factsOf = ({ id, oauth, key }: Provider) => [
  id,
  oauth?.lives ?? null,
  oauth?.renewals.map(({ with: field, of, rotates }) => [field, of, rotates]) ?? null,
  key?.tokens?.key ?? null,
];

/** Fingerprint of the facts that plans are made from. The number in front rises when the rules of this file change. */
export const planned: string = encodeHexLowerCase(sha256(new TextEncoder().encode(JSON.stringify([1, providers.map(factsOf)])))).slice(
  0,
  16,
);
