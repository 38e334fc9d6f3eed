import type { ScheduleBlock } from "#db/words/runs.ts";
import { type Job, requiredNeeds } from "#server/catalog/job.ts";
import { type AccountBlock, type ConnectionFacts, chooseAccount } from "#server/domain/connections/choose-account.ts";

/**
 * What keeps a job from running for a tenant now, or null: the first need that is not met says it. A plan without the job
 * (`inPlan` false) is said before whatever a person would have to mend for it, and after what is not connected: everybody
 * begins with that.
 */
export function blockOf(
  job: Pick<Job, "needs">,
  { suspended, inPlan, connections }: { suspended: boolean; inPlan: boolean; connections: readonly ConnectionFacts[] },
): Exclude<ScheduleBlock, "retired"> | null {
  if (suspended) return "suspended";
  const blocks = requiredNeeds(job).flatMap(({ provider }): AccountBlock[] => {
    const found = chooseAccount(job, provider, connections);
    return "block" in found ? [found.block] : [];
  });
  const [first = null] = blocks;
  if (!inPlan && first !== "not_connected") return "not_in_plan";
  return first;
}
