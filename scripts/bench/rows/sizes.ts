import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { oursAtMost, type Row, rowOf } from "#scripts/bench/figures.ts";

const root = resolve(import.meta.dirname, "../../..");
const kib = (bytes: number) => bytes / 1024;
const gzipped = (content: Uint8Array) => kib(gzipSync(content).byteLength);

/** The Worker as it is uploaded, beside a bare one of Hono and Remix's runtime. */
export async function measureWorker(): Promise<Row> {
  const ours = gzipped(await readFile(resolve(root, "build/worker/app.js")));
  const floor = await bundled(`import { Hono } from "hono"; import { createRequestHandler } from "@remix-run/cloudflare";
    import { renderToReadableStream } from "react-dom/server.browser"; import { drizzle } from "drizzle-orm/d1"; import { initTRPC } from "@trpc/server";
    export default { fetch: new Hono().fetch, parts: [createRequestHandler, renderToReadableStream, drizzle, initTRPC] };`);
  return rowOf("worker-gzip", "KiB", [{ ours, floor }], oursAtMost(900));
}

/** KiB that hydrating an empty page takes. */
export const bareHydration = (): Promise<number> =>
  bundled(`import { hydrateRoot } from "react-dom/client"; import { RemixBrowser } from "@remix-run/react";
    import { createElement } from "react"; hydrateRoot(document, createElement(RemixBrowser));`);

async function bundled(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["node:*"],
    write: false,
    logLevel: "error",
  });
  return gzipped(outputFiles[0]?.contents ?? new Uint8Array());
}
