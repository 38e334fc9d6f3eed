import { encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import type { Failure, Grant, RenewalWay } from "#server/catalog/provider.ts";

/** Seconds. */
const Lifetime = z.coerce.number().positive().optional().catch(undefined);

/**
 * Only the access token decides whether a reply is a grant. What else cannot be read counts as left out: to refuse the whole for it
 * would lose the tokens that were rotated with it.
 */
const StandardGrant = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional().catch(undefined),
  expires_in: Lifetime,
  refresh_token_expires_in: Lifetime,
  scope: z.unknown().optional(),
});

/**
 * Scopes as a reply names them, in one text or a list. Undefined where it says nothing of them, so that somebody else must be asked;
 * none where what it says cannot be read.
 */
export function readScopes(said: unknown, separator: string | RegExp): string[] | undefined {
  if (said === undefined || said === null) return undefined;
  const texts = [said].flat().filter((each): each is string => typeof each === "string");
  return texts.flatMap((text) => text.split(separator)).filter(Boolean);
}

/** A token reply with the field names of RFC 6749. */
export function readStandardGrant(reply: unknown, scopeSeparator: " " | "," | RegExp): Grant {
  const grant = StandardGrant.parse(reply);
  return {
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token,
    expiresInS: grant.expires_in,
    refreshExpiresInS: grant.refresh_token_expires_in,
    scopes: readScopes(grant.scope, scopeSeparator),
  };
}

/** Retry-After in seconds: a number, or a date (RFC 9110, 10.2.3). Undefined where it says nothing of use. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** What a status alone tells, for every provider alike; null below 400. */
export function failureOfStatus(status: number, headers: Headers, message: string): Failure | null {
  if (status < 400) return null;
  if (status === 401) return { kind: "revoked", message };
  if (status === 403) return { kind: "missing_scopes", message };
  if (status === 408 || status >= 500) return { kind: "unavailable", message, ...retry(headers) };
  if (status === 429) return { kind: "rate_limited", message, ...retry(headers) };
  return { kind: "rejected", message };
}

/** The provider answers the version that we speak no more. */
export const retiredVersion = (version: string, message: string): Failure => ({ kind: "misconfigured", message, retired: version });

function retry(headers: Headers): { retryAfterS?: number } {
  const retryAfterS = retryAfterOf(headers);
  return retryAfterS === undefined ? {} : { retryAfterS };
}

/** HTTP Basic of a user and a password (RFC 7617), in UTF-8. */
export const basicCredentials = (user: string, password: string): string =>
  `Basic ${encodeBase64(new TextEncoder().encode(`${user}:${password}`))}`;

/** HTTP Basic of an OAuth client: both parts form-encoded first (RFC 6749, 2.3.1), since a secret may hold a colon or a percent sign. */
export const clientCredentials = (clientId: string, clientSecret: string): string =>
  basicCredentials(formEncoded(clientId), formEncoded(clientSecret));

const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

/** The Authorization header of an OAuth access token (RFC 6750). */
export const bearer = ({ access_token = "" }: Readonly<Record<string, string>>): { authorization: string } => ({
  authorization: `Bearer ${access_token}`,
});

/** The usual refresh of RFC 6749 (6). */
export const byRefreshToken = (facts: Pick<RenewalWay, "rotates" | "retryable">): RenewalWay => ({
  with: "refresh_token",
  of: "ending",
  fields: (secret) => ({ grant_type: "refresh_token", refresh_token: secret }),
  ...facts,
});
