import { cpuOf } from "#scripts/bench/cpu.ts";
import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { load, loadFor, type Target } from "#scripts/bench/load.ts";

const connections = 8;

const roundMs = 1500;
/** So many that the clock of a process, which counts in ten milliseconds, tells enough. */
const requests = 300;

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

export interface Measured extends Target {
  /** The process that answers. */
  pid: number;
}

/** The same in milliseconds that the two processes computed for a request, which what else the machine does hardly moves. */
export async function measureCpu(name: string, { ours, floor, rounds }: { ours: Measured; floor: Measured; rounds: number }): Promise<Row> {
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    // Each begins every other round.
    const oursFirst = round % 2 === 0;
    const before = oursFirst ? await cpuOfRequest(ours) : undefined;
    const bare = await cpuOfRequest(floor);
    const pair = { ours: before ?? (await cpuOfRequest(ours)), floor: bare };
    if (round > 0) measured.push(pair);
  }
  return rowOf(name, "CPU ms", measured, ratioAtMost(2));
}

async function cpuOfRequest(target: Measured): Promise<number> {
  const before = cpuOf(target.pid);
  await load(Array<Measured>(requests).fill(target), { connections, expect: 200 });
  return (cpuOf(target.pid) - before) / requests;
}
