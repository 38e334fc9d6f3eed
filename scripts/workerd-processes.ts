import { execFileSync } from "node:child_process";

/** Ids of the workerd processes that this one has started. */
export function workerdProcesses(): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command?.includes("workerd") && Number(parent) === process.pid ? [Number(pid)] : [];
  });
}
