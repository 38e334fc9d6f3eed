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
export function load(targets: readonly Target[], options: LoadOptions): Promise<number> {
  return drive((asked) => targets[asked], options);
}

/** The same for one target, as often as fits into `forMs`. */
export function loadFor(forMs: number, target: Target, options: LoadOptions): Promise<number> {
  const until = performance.now() + forMs;
  return drive(() => (performance.now() < until ? target : undefined), options);
}

interface LoadOptions {
  connections: number;
  expect: number;
  /** Between two requests of a connection, outside of the time: what a server does after its answer is then done. */
  restMs?: number;
}

async function drive(nextOf: (asked: number) => Target | undefined, { connections, expect, restMs = 0 }: LoadOptions): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let asked = 0;
  let rested = 0;
  const work = async () => {
    for (let target = nextOf(asked); target; target = nextOf(asked)) {
      asked++;
      const status = await ask(agent, target);
      if (status !== expect) throw new Error(`${target.url} answered ${status} instead of ${expect}`);
      if (restMs === 0) continue;
      const since = performance.now();
      await new Promise((next) => setTimeout(next, restMs));
      rested += performance.now() - since;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, work));
  const ms = performance.now() - start - rested / connections;
  agent.destroy();
  return ms / asked;
}

const ask = (agent: Agent, target: Target): Promise<number> => {
  const { url, headers, method = "GET", body } = target;
  return new Promise((done, failed) => {
    const sent = request(url, { agent, method, headers }, (response) => {
      response.on("error", failed);
      response.on("end", () => done(response.statusCode ?? 0));
      response.resume();
    });
    sent.on("error", (cause: NodeJS.ErrnoException) => {
      // The other side let go of a kept socket just as we took it up again: nobody has read the request. A new socket has no such end.
      if (sent.reusedSocket && cause.code === "ECONNRESET") ask(agent, target).then(done, failed);
      else failed(new Error(`${url} gave no answer`, { cause }));
    });
    sent.end(body);
  });
};
