import { oursAtMost, type Row, rowOf } from "#scripts/bench/figures.ts";
import type { ModelsWork } from "#scripts/bench/models-worker.ts";
import { type ModelWorker, startModelWorker } from "#scripts/model-worker.ts";

/** Measured together, whichever of them is asked for. */
export const modelRows = ["fit-4400-customers", "fit-100000-customers", "score-100000-customers"] as const;

const rounds = 3;

interface Pair {
  name: (typeof modelRows)[number];
  customers: number;
  ours: string;
  floor: string;
  /** The floor is done so many times over. */
  floorTimes: number;
  /** In milliseconds. */
  atMost: number;
}

/** An invocation may compute for thirty seconds; a machine of Cloudflare's is held to be three times as slow as this one. */
const pairs: readonly Pair[] = [
  { name: "fit-4400-customers", customers: 4_400, ours: "/fit", floor: "/evaluate", floorTimes: 100, atMost: 2_000 },
  { name: "fit-100000-customers", customers: 100_000, ours: "/fit", floor: "/evaluate", floorTimes: 10, atMost: 10_000 },
  { name: "score-100000-customers", customers: 100_000, ours: "/score", floor: "/chance", floorTimes: 10, atMost: 2_000 },
];

/**
 * Milliseconds of fitting BG/NBD in workerd (grouping, four starts, standard errors), beside one evaluation of its likelihood over the same customers; and
 * of the two answers about each customer, beside the chance to buy alone, which is a logarithm and three exponentials.
 */
export async function measureModels(say: (line: string) => void): Promise<Row[]> {
  const worker = await startModelWorker("bench/models-worker.ts");
  try {
    const rows: Row[] = [];
    for (const pair of pairs) rows.push(await measurePair(worker, pair, say));
    return rows;
  } finally {
    await worker.stop();
  }
}

async function measurePair(worker: ModelWorker, { name, customers, ours, floor, floorTimes, atMost }: Pair, say: (line: string) => void) {
  const groups = await worker.ask<number>("/simulate", { customers, times: 1 } satisfies ModelsWork);
  say(`  ${customers} customers have ${groups} histories`);
  const timed = async (path: string, times: number) => {
    const from = performance.now();
    const answer = await worker.ask<number | null>(path, { customers, times } satisfies ModelsWork);
    if (answer === null) throw new Error(`${path} of ${customers} customers came to nothing`);
    return (performance.now() - from) / times;
  };
  const each: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const both = { ours: await timed(ours, 1), floor: await timed(floor, floorTimes) };
    if (round > 0) each.push(both);
  }
  return rowOf(name, "ms", each, oursAtMost(atMost));
}
