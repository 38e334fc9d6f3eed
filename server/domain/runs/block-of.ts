import { grantsAll } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import type { ConnectionKind, ConnectionStatus } from "#server/domain/connections/schemas.ts";
import type { ScheduleBlock } from "./schemas.ts";

export interface ConnectionFacts {
  provider: string;
  kind: ConnectionKind;
  status: ConnectionStatus;
  scopesGranted: readonly string[];
  chosen: readonly { kind: string }[];
}

/** What keeps a job from running for a tenant now, or null: the first need that is not met says it. */
export function blockOf(
  job: Pick<Sensor, "needs">,
  { suspended, connections }: { suspended: boolean; connections: readonly ConnectionFacts[] },
): Exclude<ScheduleBlock, "retired"> | null {
  if (suspended) return "suspended";
  for (const { provider, scopes, resource } of job.needs) {
    const own = connections.filter((connection) => connection.provider === provider);
    const active = own.filter(({ status }) => status === "active");
    if (active.length === 0) return own.some(({ status }) => status === "reconnect_needed") ? "reconnect_needed" : "not_connected";
    const shelved = providers.find(({ id }) => id === provider);
    const allowing = active.filter((connection) => grantsAll(shelved, connection, scopes));
    if (allowing.length === 0) return "missing_scopes";
    if (resource && !allowing.some(({ chosen }) => chosen.some(({ kind }) => kind === resource))) return "choice_needed";
  }
  return null;
}
