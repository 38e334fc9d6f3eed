import type { Sensor } from "#server/catalog/sensor.ts";
import { type ConnectionFacts, chooseAccount } from "./choose-account.ts";
import type { ScheduleBlock } from "./schemas.ts";

/** What keeps a job from running for a tenant now, or null: the first need that is not met says it. */
export function blockOf(
  job: Pick<Sensor, "needs">,
  { suspended, connections }: { suspended: boolean; connections: readonly ConnectionFacts[] },
): Exclude<ScheduleBlock, "retired"> | null {
  if (suspended) return "suspended";
  for (const { provider } of job.needs) {
    const found = chooseAccount(job, provider, connections);
    if ("block" in found) return found.block;
  }
  return null;
}
