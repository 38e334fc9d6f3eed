import { resolve } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { pages } from "./pages.ts";

export interface Floor {
  url: string;
  db(): Promise<D1Database>;
  send(messages: readonly number[]): Promise<void>;
  /** Does the actions of these ids. */
  act(ids: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The floor on a socket of its own, with its own copy of the data. */
export async function startFloor(dataDir: string, bindings: Record<string, unknown>): Promise<Floor> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, "floor-worker.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const miniflare = new Miniflare({
    d1Persist: resolve(dataDir, "d1"),
    workers: [
      {
        name: "floor",
        modules: [{ type: "ESModule", path: "floor.js", contents: outputFiles[0]?.text ?? "" }],
        compatibilityDate: "2026-04-01",
        compatibilityFlags: ["nodejs_compat"],
        bindings: bindings as Record<string, never>,
        d1Databases: { DB: "00000000-0000-0000-0000-000000000000" },
        queueProducers: { RUNS: "floor-runs", ACTIONS: "floor-actions" },
        // As ours, see wrangler.toml.
        queueConsumers: {
          "floor-runs": { maxBatchSize: 100, maxBatchTimeout: 1 },
          "floor-actions": { maxBatchSize: 10, maxBatchTimeout: 1 },
        },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
  });
  await miniflare.ready;
  const sendAll = async <M>(name: "RUNS" | "ACTIONS", messages: readonly M[]) => {
    const queue = await miniflare.getQueueProducer<M>(name, "floor");
    for (const some of pages(messages, 100)) await queue.sendBatch(some.map((body) => ({ body })));
  };
  const { origin } = await miniflare.unsafeGetDirectURL("floor");
  return {
    url: origin,
    db: () => miniflare.getD1Database("DB", "floor"),
    send: (messages) => sendAll("RUNS", messages),
    act: (ids) => sendAll("ACTIONS", ids),
    stop: () => miniflare.dispose(),
  };
}
