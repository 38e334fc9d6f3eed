import { readFileSync } from "node:fs";
import { workerdProcesses } from "#scripts/workerd-processes.ts";

/** Linux counts a process's time in these; every kernel of today tells programs a hundred of them a second. */
const tickMs = 10;

/** Milliseconds that a process has computed so far, its own and the kernel's for it. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Whether this system tells what a process has computed. */
export const tellsCpu = process.platform === "linux";

/** Starts something that runs in one workerd of its own, and tells which process that is. */
export async function startProcess<T>(start: () => Promise<T>): Promise<{ started: T; pid: number }> {
  const others = workerdProcesses();
  const started = await start();
  const [pid, ...more] = workerdProcesses().filter((each) => !others.includes(each));
  if (pid === undefined || more.length > 0) throw new Error("what was started is not one process of workerd");
  return { started, pid };
}
