import { providers } from "#server/catalog/providers/registry.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import type { ConnectionStatus } from "#server/domain/connections/schemas.ts";
import type { ScheduleBlock } from "./schemas.ts";

export interface ConnectionFacts {
  provider: string;
  status: ConnectionStatus;
  scopesGranted: readonly string[];
}

/** What keeps a job from running for a tenant now, or null: the first need that is not met says it. */
export function blockOf(
  job: Pick<Sensor, "needs">,
  { suspended, connections }: { suspended: boolean; connections: readonly ConnectionFacts[] },
): Exclude<ScheduleBlock, "retired"> | null {
  if (suspended) return "suspended";
  for (const { provider, scopes } of job.needs) {
    const own = connections.filter((connection) => connection.provider === provider);
    const active = own.filter(({ status }) => status === "active");
    if (active.length === 0) return own.some(({ status }) => status === "reconnect_needed") ? "reconnect_needed" : "not_connected";
    const grants = providers.find(({ id }) => id === provider)?.grants ?? ((granted, scope) => granted.includes(scope));
    if (!active.some(({ scopesGranted }) => scopes.every((scope) => grants(scopesGranted, scope)))) return "missing_scopes";
  }
  return null;
}
