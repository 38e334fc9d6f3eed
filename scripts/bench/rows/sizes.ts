import { readdir, readFile } from "node:fs/promises";
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
  return rowOf("worker-gzip", "KiB", [{ ours, floor }], oursAtMost(1024));
}

interface Manifest {
  entry: { module: string; imports: string[] };
  routes: Record<string, { id: string; parentId?: string; module: string; imports?: string[] }>;
}

/** All JavaScript that each page of the portal loads; the heaviest counts. Beside it, what hydrating an empty page takes. */
export async function measurePageScripts(say: (line: string) => void): Promise<Row> {
  const manifest = await readManifest();
  const files = await Promise.all(Object.values(manifest.routes).map((route) => filesOf(manifest, route.id)));
  const sizes = await Promise.all(files.map(async (names) => sum(await Promise.all(names.map(sizeOf)))));
  const heaviest = Math.max(...sizes);
  const which = Object.keys(manifest.routes)[sizes.indexOf(heaviest)];
  say(`  the heaviest page is ${which}: ${heaviest.toFixed(1)} KiB`);
  const floor = await bundled(`import { hydrateRoot } from "react-dom/client"; import { RemixBrowser } from "@remix-run/react";
    import { createElement } from "react"; hydrateRoot(document, createElement(RemixBrowser));`);
  return rowOf("page-js-gzip", "KiB", [{ ours: heaviest, floor }], oursAtMost(150));
}

async function readManifest(): Promise<Manifest> {
  const assets = resolve(root, "build/client/assets");
  const name = (await readdir(assets)).find((file) => file.startsWith("manifest-"));
  if (!name) throw new Error("There is no build: npm run setup makes one.");
  const text = await readFile(resolve(assets, name), "utf8");
  return JSON.parse(text.replace(/^[^{]*/, "").replace(/;\s*$/, "")) as Manifest;
}

async function filesOf({ entry, routes }: Manifest, id: string): Promise<string[]> {
  const files = new Set([entry.module, ...entry.imports]);
  for (let route = routes[id]; route; route = route.parentId === undefined ? undefined : routes[route.parentId]) {
    for (const file of [route.module, ...(route.imports ?? [])]) files.add(file);
  }
  return [...files];
}

const sizeOf = async (file: string) => gzipped(await readFile(resolve(root, `build/client${file}`)));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

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
