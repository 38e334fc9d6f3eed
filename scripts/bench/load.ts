import { Agent, request } from "node:http";

export interface Target {
  url: string;
  headers?: Record<string, string>;
  method?: string;
  body?: string;
}

/**
 * Asks each target once, `connections` at a time over keep-alive sockets. Answers milliseconds a request: the whole time
 * by the number, which is what a request costs a server that is never idle. Any status but the expected one fails.
 */
export async function load(targets: readonly Target[], { connections, expect }: { connections: number; expect: number }): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const work = async () => {
    for (let target = targets[next++]; target; target = targets[next++]) {
      const status = await ask(agent, target);
      if (status !== expect) throw new Error(`${target.url} answered ${status} instead of ${expect}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, work));
  const ms = performance.now() - start;
  agent.destroy();
  return ms / targets.length;
}

const ask = (agent: Agent, { url, headers, method = "GET", body }: Target): Promise<number> =>
  new Promise((done, failed) => {
    const sent = request(url, { agent, method, headers }, (response) => {
      response.on("error", failed);
      response.on("end", () => done(response.statusCode ?? 0));
      response.resume();
    });
    sent.on("error", failed);
    sent.end(body);
  });

/** The same target many times. */
export const times = (count: number, target: Target): Target[] => Array.from({ length: count }, () => target);
