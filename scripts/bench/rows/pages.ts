import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { loadFor, type Target } from "#scripts/bench/load.ts";

const connections = 8;

const roundMs = 1500;

/** One of the portal's addresses beside the same D1 queries bare: milliseconds a request of a server that is never idle. */
export async function measurePages(name: string, { ours, floor, rounds }: { ours: Target; floor: Target; rounds: number }): Promise<Row> {
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const options = { connections, expect: 200 };
    const pair = { ours: await loadFor(roundMs, ours, options), floor: await loadFor(roundMs, floor, options) };
    if (round > 0) measured.push(pair); // the first one warms both
  }
  return rowOf(name, "ms", measured, ratioAtMost(2.5));
}
