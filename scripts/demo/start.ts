import { createServer } from "node:net";
import { resolve } from "node:path";
import { sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { type Server, startServer } from "#scripts/server.ts";
import { seed } from "./seed.ts";

export interface Demo {
  /** Where a browser goes. */
  origin: string;
  sandbox: string;
  server: Server;
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** 0 for any free one. */
  port: number;
  dataDir: string;
  /** As for `startSandbox`: null for a generated shop. */
  shop?: string | null;
  /** Each line that the Worker prints. */
  onLine: (line: string) => void;
}

/** The sandbox, the Worker that is pointed at it, and three clients in its database. */
export async function startDemo({ port, dataDir, shop, onLine }: DemoOptions): Promise<Demo> {
  const appPort = await freePort(port);
  const origin = `http://localhost:${appPort}`;
  const sandbox = await startSandbox({
    port: await freePort(port && port + 1),
    dataDir: resolve(dataDir, "sandbox"),
    ...(shop !== undefined && { shop, generatedOrders: 600 }),
    redirectOrigin: origin,
  });
  const variables = {
    ...(await localVariables(dataDir)),
    APP_ORIGIN: origin,
    ...sandboxVariables(sandbox.url),
  };
  const server = await startServer({ port: appPort, dataDir, variables, onLine });
  await seed(scriptCtx(await server.bindings(), variables, "demo"));
  return {
    origin,
    sandbox: sandbox.url,
    server,
    stop: async () => {
      await Promise.all([server.stop(), sandbox.stop()]);
    },
  };
}

/** The wished port if nobody has it, else (or for 0) any free one. */
async function freePort(wished: number): Promise<number> {
  const listens = (port: number) =>
    new Promise<number | null>((done) => {
      const probe = createServer();
      probe.once("error", () => done(null));
      probe.listen(port, "127.0.0.1", () => {
        const address = probe.address();
        probe.close(() => done(typeof address === "object" && address ? address.port : null));
      });
    });
  const port = (await listens(wished)) ?? (await listens(0));
  if (port === null) throw new Error("There is no free port on 127.0.0.1.");
  return port;
}
