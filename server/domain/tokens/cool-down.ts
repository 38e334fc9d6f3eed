import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import type { ProviderFailureKind } from "#server/errors.ts";

const second = 1000;
const baseMs = 30 * second;
/** A provider may ask for a day; whoever waits longer than this is better tried again. */
const capMs = 3600 * second;
/** What is ours to mend: once it is mended, nobody shall wait an hour for it. What is refused will be refused again. */
const caps: Partial<Record<ProviderFailureKind, number>> = { misconfigured: 600 * second, rejected: 24 * capMs };

/**
 * How long a connection is left alone after a renewal that failed in passing, in milliseconds: twice as long each time, and at
 * least as long as the provider asked for. `failures` are those in a row before this one, `random` is 0 to below 1.
 */
export function coolDownMs(
  { kind, retryAfterS }: { kind: ProviderFailureKind; retryAfterS: number | undefined },
  { failures, random }: { failures: number; random: number },
): number {
  const backoffMs = Math.min(caps[kind] ?? capMs, baseMs * 2 ** Math.min(failures, 20)) * (0.75 + random / 2);
  if (retryAfterS === undefined) return Math.ceil(backoffMs);
  const askedMs = Math.min(capMs, retryAfterS * second);
  // Never earlier than told; the jitter keeps many from coming back in the same instant.
  return Math.ceil(Math.max(backoffMs, askedMs + random * Math.min(10 * second, askedMs / 10)));
}

/** Whether it is left alone at this moment. */
export const isCooling = ({ coolUntil }: Pick<ConnectionRow, "coolUntil">, now: number): boolean => coolUntil !== null && coolUntil > now;
