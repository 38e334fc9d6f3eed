import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { migrate } from "drizzle-orm/d1/migrator";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

export interface ModelWorker {
  /** Posts JSON and answers JSON; throws where the Worker fails. */
  ask<Answer>(path: string, body: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * A Worker of a script in workerd, which has nothing but the models, or with `d1` an empty database of ours as `DB`, or with `objects` its own
 * classes under these bindings. `entry` is its file below scripts/.
 */
export async function startModelWorker(
  entry: string,
  { d1 = false, objects = {} }: { d1?: boolean; objects?: Record<string, string> } = {},
): Promise<ModelWorker> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, entry)],
    ...{ bundle: true, format: "esm", target: "es2022", write: false, logLevel: "error", external: ["node:*", "cloudflare:*"] },
  });
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "models.js", contents: outputFiles[0]?.text ?? "" }],
    ...{ compatibilityDate: "2026-04-01", compatibilityFlags: ["nodejs_compat"] },
    ...(d1 && { d1Databases: ["DB"] }),
    durableObjects: objects,
  });
  const url = await miniflare.ready;
  if (d1) await migrate(drizzle(await miniflare.getD1Database("DB")), { migrationsFolder: resolve(import.meta.dirname, "../drizzle") });
  return {
    async ask<Answer>(path: string, body: unknown) {
      const answer = await miniflare.dispatchFetch(new URL(path, url), { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Answer;
    },
    stop: () => miniflare.dispose(),
  };
}
