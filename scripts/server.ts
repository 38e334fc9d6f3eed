import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { migrate } from "drizzle-orm/d1/migrator";
import { Miniflare } from "miniflare";
import type { Env } from "#server/env.ts";
import type { Bindings } from "./ctx.ts";
import { workerOptions } from "./worker-options.ts";

export interface ServerOptions {
  /** 0 for any free one. */
  port: number;
  /** Where its D1 and queues keep their files. */
  dataDir: string;
  /** The configuration, see server/env.ts. */
  variables: Record<string, string>;
  /** Each line that the Worker prints; standard error without it. */
  onLine?: (line: string) => void;
}

export interface Server {
  url: string;
  /** The bindings as the Worker sees them, from outside: for seeding and for looking. */
  bindings(): Promise<Bindings>;
  /** Fires the Cron Trigger once; locally nothing else does. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

const noWorker = "export default { fetch: () => new Response(null, { status: 404 }) }";
const root = resolve(import.meta.dirname, "..");

/** The production build in workerd, listening itself: no proxy stands before it. */
export async function startServer({ port, dataDir, variables, onLine }: ServerOptions): Promise<Server> {
  const { assets, ...worker } = workerOptions();
  const script = resolve(root, "build/worker/app.js");
  const miniflare = new Miniflare({
    ...(onLine && {
      handleRuntimeStdio: (out: NodeJS.ReadableStream, err: NodeJS.ReadableStream) =>
        void [out, err].map((stream) => readLines(stream, onLine)),
    }),
    d1Persist: resolve(dataDir, "d1"),
    workers: [
      {
        ...worker,
        name: "atrium",
        modulesRoot: root,
        modules: [{ type: "ESModule", path: script, contents: await readFile(script, "utf8") }],
        // Alone: what a developer keeps in .dev.vars is for the dev server.
        bindings: variables,
        serviceBindings: { ASSETS: "files" },
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      },
      // The router that wrangler puts before a Worker with assets costs most of its speed; here the Worker asks for files itself.
      { name: "files", compatibilityDate: worker.compatibilityDate, modules: true, script: noWorker, assets },
    ],
  });
  await miniflare.ready;
  const bindings = () => miniflare.getBindings<Env>("atrium");
  await migrate(drizzle((await bindings()).DB), { migrationsFolder: resolve(root, "drizzle") });
  const url = await miniflare.unsafeGetDirectURL("atrium");
  return {
    url: url.origin,
    bindings,
    async tick() {
      const worker = await miniflare.getWorker("atrium");
      await worker.scheduled({ cron: "* * * * *" });
    },
    stop: () => miniflare.dispose(),
  };
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) onLine(line);
  });
}
