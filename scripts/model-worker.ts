import { resolve } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

export interface ModelWorker {
  /** Posts JSON and answers JSON; throws where the Worker fails. */
  ask<Answer>(path: string, body: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** A Worker of a script, which has nothing but the models, in workerd. `entry` is its file below scripts/. */
export async function startModelWorker(entry: string): Promise<ModelWorker> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, entry)],
    ...{ bundle: true, format: "esm", target: "es2022", write: false, logLevel: "error" },
  });
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "models.js", contents: outputFiles[0]?.text ?? "" }],
    compatibilityDate: "2026-04-01",
  });
  const url = await miniflare.ready;
  return {
    async ask<Answer>(path: string, body: unknown) {
      const answer = await miniflare.dispatchFetch(new URL(path, url), { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Answer;
    },
    stop: () => miniflare.dispose(),
  };
}
