import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type WorkerOptions } from "miniflare";
import { loadShop, shopFile } from "#sandbox/shop/load.ts";

export interface SandboxOptions {
  /** The origin, or several, whose `/api/auth/oauth/{provider}/callback` is registered. */
  redirectOrigin?: string | string[];
  /** Orders of the generated stand-in for the real shop. */
  generatedOrders?: number;
}

export interface StartOptions extends SandboxOptions {
  redirectOrigin: string | string[];
  /** 0 takes a free one. */
  port: number;
  /** Where tokens and the shop outlive a restart; without it, memory. */
  dataDir?: string;
  /** A file for the real shop; null for a generated one; without it, SANDBOX_SHOP or the shared one where it exists. */
  shop?: string | null;
}

/**
 * The sandbox as options of a Miniflare worker named `sandbox`, bundled: for `miniflare.workers` of the Workers pool, reached by
 * `outboundService: "sandbox"` or a service binding. Its shops are generated.
 */
export async function sandboxWorker({
  redirectOrigin = "http://atrium.test",
  generatedOrders = 2000,
}: SandboxOptions = {}): Promise<WorkerOptions> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:workers"],
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
    logLevel: "warning",
  });
  return {
    name: "sandbox",
    modules: [{ type: "ESModule", path: "worker.js", contents: outputFiles[0]?.text ?? "" }],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { REDIRECT_ORIGINS: [redirectOrigin].flat().join(","), GENERATED_ORDERS: String(generatedOrders) },
    // An idle object would forget the misbehaviours that a test ordered.
    durableObjects: { SANDBOX: { className: "Sandbox", useSQLite: true, unsafePreventEviction: true } },
  };
}

/** Starts the sandbox on one direct socket of 127.0.0.1, with its shop loaded. */
export async function startSandbox(options: StartOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const { port, dataDir, shop = shopFile() } = options;
  const worker = await sandboxWorker({ generatedOrders: 20_000, ...options });
  const miniflare = new Miniflare({
    workers: [{ ...worker, unsafeDirectSockets: [{ host: "127.0.0.1", port }] }],
    handleRuntimeStdio(out: Readable, err: Readable) {
      out.pipe(process.stdout);
      // workerd reports a reply that was lost on purpose as a failure of its own, with a stack.
      let skipping = false;
      createInterface({ input: err }).on("line", (line) => {
        skipping = line.includes("was told to lose this reply") || (skipping && line.startsWith("stack:"));
        if (!skipping) process.stderr.write(`${line}\n`);
      });
    },
    ...(dataDir !== undefined && { durableObjectsPersist: dataDir }),
  });
  const { origin } = await miniflare.unsafeGetDirectURL("sandbox");
  if (shop !== null) {
    await loadShop(shop, async (path, init) => {
      const answer = await fetch(`${origin}/__sandbox${path}`, { ...init, headers: { "content-type": "application/json" } });
      if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    });
  }
  return { url: origin, stop: () => miniflare.dispose() };
}
