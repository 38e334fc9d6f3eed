import { type Server, type ServerOptions, startServer } from "#scripts/server.ts";
import { workerdProcesses } from "#scripts/workerd-processes.ts";

export interface Killable extends Server {
  /** Ends workerd in the middle of whatever it does, as a machine that fails would. What was on its queues is lost. */
  kill(): Promise<void>;
}

/** The production build in workerd, to be killed. */
export async function startKillable(options: Pick<ServerOptions, "dataDir" | "variables">): Promise<Killable> {
  const others = workerdProcesses();
  const server = await startServer({ ...options, port: 0, onLine: () => undefined });
  const doomed = workerdProcesses().filter((pid) => !others.includes(pid));
  return {
    ...server,
    async kill() {
      for (const pid of doomed) process.kill(pid, "SIGKILL");
      await server.stop().catch(() => undefined); // it is dead
    },
  };
}
