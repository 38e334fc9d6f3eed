import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { load, type Target, times } from "#scripts/bench/load.ts";

const connections = 8;

/** One of the portal's addresses beside the same D1 queries bare: milliseconds a request of a server that is never idle. */
export async function measurePages(
  name: string,
  { ours, floor, rounds, requests }: { ours: Target; floor: Target; rounds: number; requests: number },
): Promise<Row> {
  const measured: { ours: number; floor: number }[] = [];
  for (const target of [ours, floor]) await load(times(Math.ceil(requests / 2), target), { connections, expect: 200 });
  for (let round = 0; round < rounds; round++) {
    measured.push({
      ours: await load(times(requests, ours), { connections, expect: 200 }),
      floor: await load(times(requests, floor), { connections, expect: 200 }),
    });
  }
  return rowOf(name, "ms", measured, ratioAtMost(2.5));
}
