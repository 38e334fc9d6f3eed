import type { ScheduleBlock } from "#db/words/runs.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { type AccountBlock, type ConnectionFacts, chooseAccount } from "#server/domain/connections/choose-account.ts";

/**
 * What keeps a job from running for a tenant now, or null: the first need that is not met says it. A plan without the job
 * (`inPlan` false) is said before whatever a person would have to mend for it, and after what is not connected: everybody
 * begins with that.
 */
export function blockOf(
  job: Pick<Sensor, "needs">,
  { suspended, inPlan, connections }: { suspended: boolean; inPlan: boolean; connections: readonly ConnectionFacts[] },
): Exclude<ScheduleBlock, "retired"> | null {
  if (suspended) return "suspended";
  const blocks = job.needs.flatMap(({ provider }): AccountBlock[] => {
    const found = chooseAccount(job, provider, connections);
    return "block" in found ? [found.block] : [];
  });
  const [first = null] = blocks;
  if (!inPlan && first !== "not_connected") return "not_in_plan";
  return first;
}
