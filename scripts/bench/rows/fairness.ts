import type { FairnessFigures } from "#scripts/bench/fairness/fairness-worker.ts";
import { oursAtLeast, type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { startModelWorker } from "#scripts/model-worker.ts";

/** Measured together, whichever of them is asked for. */
export const fairnessRows = ["fairness-jain", "fairness-wait", "fairness-runs-jain", "fairness-runs-wait"] as const;

/**
 * A thousand clients of whom one has fifty thousand pieces of work: the lowest Jain's index of any five minutes of ours, beside groups that are
 * picked round robin piece by piece; and the longest that a piece of another client waits, beside one queue, first come, first served. Once of
 * actions, and once of the steps of runs.
 */
export async function measureFairness(say: (line: string) => void): Promise<Row[]> {
  const worker = await startModelWorker("bench/fairness/fairness-worker.ts", { d1: true });
  try {
    const figures = async (path: string) => {
      const found = await worker.ask<FairnessFigures>(path, {});
      say(`  ${path.slice(1)}: Jain ${found.jain.toFixed(4)}, longest wait ${found.waitS.toFixed(1)} s, ${found.did} pieces done`);
      return found;
    };
    const own = await figures("/ours");
    const runs = await figures("/our-runs");
    const first = await figures("/first-come");
    const groups = await figures("/groups");
    await figures("/shuffle");
    return [
      rowOf("fairness-jain", "index", [{ ours: own.jain, floor: groups.jain }], oursAtLeast(0.98)),
      rowOf("fairness-wait", "s", [{ ours: own.waitS, floor: first.waitS }], ratioAtMost(0.05)),
      rowOf("fairness-runs-jain", "index", [{ ours: runs.jain, floor: groups.jain }], oursAtLeast(0.98)),
      rowOf("fairness-runs-wait", "s", [{ ours: runs.waitS, floor: first.waitS }], ratioAtMost(0.05)),
    ];
  } finally {
    await worker.stop();
  }
}
