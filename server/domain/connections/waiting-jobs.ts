import type { Text } from "#db/words/locales.ts";
import { type Job, requiredNeeds } from "#server/catalog/job.ts";
import { type ConnectionFacts, chooseAccount } from "./choose-account.ts";
import { type HealthFacts, healthOf } from "./health-of.ts";
import type { HealthState, WaitReason } from "./schemas.ts";

/** A job that does not run for this tenant as things stand, and why. */
export interface WaitingJob {
  job: string;
  title: Text;
  why: WaitReason;
}

type Facts = ConnectionFacts & HealthFacts;

/**
 * What each connection of a tenant holds up: those of these jobs that read it, or would read it if it were mended, and cannot. A job
 * that another account of the same provider serves waits for none. Answers by the connection's id.
 */
export function waitingJobs(connections: readonly Facts[], now: number, jobs: readonly Job[]): (connectionId: string) => WaitingJob[] {
  const held = new Map<string, WaitingJob[]>();
  for (const each of jobs) {
    const { id: job, title } = each;
    for (const provider of new Set(requiredNeeds(each).map((need) => need.provider))) {
      const found = obstacle(each, provider, connections, now);
      if (!found) continue;
      for (const { id } of found.of) held.set(id, [...(held.get(id) ?? []), { job, title, why: found.why }]);
    }
  }
  return (connectionId) => held.get(connectionId) ?? [];
}

/** What the account that a job reads holds it up with; null where it does not. */
const whyOf: Record<HealthState, WaitReason | null> = {
  healthy: null,
  expiring: null,
  degraded: "degraded",
  reconnect_needed: "reconnect_needed",
  revoked: "reconnect_needed",
  misconfigured: "misconfigured",
};

/** Why the job waits at this provider, and the connections to blame; null where it does not, or has nobody to wait for. */
function obstacle(
  job: Pick<Job, "needs">,
  provider: string,
  connections: readonly Facts[],
  now: number,
): { why: WaitReason; of: readonly Facts[] } | null {
  const found = chooseAccount(job, provider, connections);
  const own = connections.filter((each) => each.provider === provider);
  if ("account" in found) {
    const why = whyOf[healthOf(found.account, now)?.state ?? "healthy"];
    return why && { why, of: [found.account] };
  }
  const { block } = found;
  switch (block) {
    case "not_connected":
      return null;
    case "reconnect_needed":
      return { why: block, of: own.filter(({ status }) => status === "reconnect_needed") };
    case "missing_scopes":
    case "choice_needed":
    case "choice_gone":
      return { why: block, of: own.filter(({ status }) => status === "active") };
    default:
      return block satisfies never;
  }
}
