import type { CliffKind, ReconnectReason } from "#db/words/connections.ts";
import type { Saying } from "#db/words/locales.ts";
import { ofConnection } from "./of-connection.ts";
import type { ConnectionRow } from "./rows.ts";
import type { ConnectionCode, HealthState } from "./schemas.ts";

const dayMs = 86_400_000;
/** The first warning ahead of an end, see cliffs.ts. */
const expiringMs = 30 * dayMs;

/** Columns of a connection that say how it is. */
export type HealthFacts = Pick<
  ConnectionRow,
  | "status"
  | "statusReason"
  | "statusAt"
  | "accessExpiresAt"
  | "renewFailures"
  | "cliffAt"
  | "cliffKind"
  | "probedAt"
  | "probeResult"
  | "failedAt"
  | "failureKind"
  | "failingSince"
>;

/** How a connection is, since when as far as that is known (milliseconds since 1970), and what is said of it. */
export interface ConnectionHealth {
  state: HealthState;
  since: number | null;
  said: Saying;
}

/** States in which jobs go on. */
export const isWell = ({ state }: Pick<ConnectionHealth, "state">): boolean => state === "healthy" || state === "expiring";

/** How a connection is by what is stored of it; null for one that is disconnected. Nobody is asked. */
export function healthOf(row: HealthFacts, now: number): ConnectionHealth | null {
  switch (row.status) {
    case "disconnected":
      return null;
    case "reconnect_needed":
      return waitingForPerson(row);
    case "active":
      return (
        ended(row, now) ??
        failing(row, now) ??
        refused(row) ??
        expiring(row, now) ?? { state: "healthy", since: null, said: ofConnection("healthy") }
      );
    default:
      return row.status satisfies never;
  }
}

const stateOfReason: Record<ReconnectReason, HealthState> = {
  refresh_refused: "revoked",
  access_refused: "revoked",
  not_renewable: "reconnect_needed",
  uninstalled: "revoked",
  access_removed: "revoked",
  key_refused: "revoked",
  secret_unreadable: "reconnect_needed",
};

function waitingForPerson({ statusReason, statusAt }: HealthFacts): ConnectionHealth {
  const reason = statusReason ?? "not_renewable";
  return { state: stateOfReason[reason], since: statusAt, said: ofConnection(reason) };
}

/** Its end has come, though nothing has run into it yet. */
function ended({ cliffAt, cliffKind }: HealthFacts, now: number): ConnectionHealth | null {
  if (cliffAt === null || cliffKind === null || cliffAt > now) return null;
  const state = cliffKind === "version" ? "misconfigured" : "reconnect_needed";
  return { state, since: cliffAt, said: ofConnection(cliffKind === "version" ? "misconfigured" : "ended") };
}

/** The provider fails, for everybody or for this account: what is known of the access is nothing bad. */
function failing(
  { failureKind, failingSince, failedAt, renewFailures, accessExpiresAt }: HealthFacts,
  now: number,
): ConnectionHealth | null {
  const since = failingSince ?? failedAt;
  if (failureKind === "unavailable") return { state: "degraded", since, said: ofConnection("unavailable") };
  if (failureKind === "rate_limited") return { state: "degraded", since, said: ofConnection("rate_limited") };
  if (failureKind === "misconfigured") return { state: "misconfigured", since, said: ofConnection("misconfigured") };
  const unrenewed = renewFailures > 0 && accessExpiresAt !== null && accessExpiresAt <= now;
  return unrenewed ? { state: "degraded", since: accessExpiresAt, said: ofConnection("unrenewed") } : null;
}

/** What the last probe found wrong with the access itself. */
function refused({ probeResult, probedAt }: HealthFacts): ConnectionHealth | null {
  if (probeResult === "missing_scopes") return { state: "reconnect_needed", since: probedAt, said: ofConnection("scopes_missing") };
  if (probeResult === "rejected") return { state: "misconfigured", since: probedAt, said: ofConnection("rejected") };
  return null;
}

function expiring({ cliffAt, cliffKind }: HealthFacts, now: number): ConnectionHealth | null {
  if (cliffAt === null || cliffKind === null || cliffAt - now > expiringMs) return null;
  return { state: "expiring", since: cliffAt - expiringMs, said: ofConnection(ends[cliffKind]) };
}

const ends = {
  consent: "ends_soon",
  access: "ends_soon",
  unused: "ends_unused",
  version: "version_ends",
} as const satisfies Record<CliffKind, ConnectionCode>;
