import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { drizzle } from "drizzle-orm/d1";
import { migrate } from "drizzle-orm/d1/migrator";
import { Miniflare } from "miniflare";
import { getPlatformProxy, unstable_getMiniflareWorkerOptions } from "wrangler";
import type { Ctx } from "#server/ctx.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import type { Env } from "#server/env.ts";
import { scriptCtx } from "./ctx.ts";
import { localVariables } from "./local-variables.ts";

/** An Atrium's verbs from outside of its Worker. */
export interface Atrium {
  ctx: Ctx;
  close(): Promise<void>;
}

export interface Whose {
  /** The deployed one: its D1 and queues through wrangler's login, its secrets from this process's environment. */
  remote: boolean;
  /** Else the local one whose data is here, as `npm run serve -- --data` has it. Its server should not run meanwhile. */
  dataDir: string;
}

const root = resolve(import.meta.dirname, "..");

/** Opens the local or the deployed Atrium for a script. */
export const openAtrium = (script: string, { remote, dataDir }: Whose): Promise<Atrium> =>
  remote ? openRemote(script) : openLocal(script, resolve(dataDir));

async function openLocal(script: string, dataDir: string): Promise<Atrium> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, "wrangler.toml"));
  const { assets: _, queueConsumers: __, ...worker } = workerOptions;
  const miniflare = new Miniflare({
    d1Persist: resolve(dataDir, "d1"),
    workers: [{ ...worker, name: "atrium", modules: true, script: "export default { fetch: () => new Response(null, { status: 404 }) }" }],
  });
  const bindings = await miniflare.getBindings<Env>("atrium");
  await migrate(drizzle(bindings.DB), { migrationsFolder: resolve(root, "drizzle") });
  const variables = { APP_ORIGIN: "http://localhost:8787", ...(await localVariables(dataDir)), ...(await variablesGiven()) };
  const ctx = scriptCtx(bindings, variables, script);
  // Its queues end with this process: what would be mailed is mailed here and now.
  const send: Ctx["send"] = { ...ctx.send, mail: (message) => workMail(ctx, message) };
  return { ctx: { ...ctx, send }, close: () => miniflare.dispose() };
}

async function openRemote(script: string): Promise<Atrium> {
  const configPath = resolve(root, ".wrangler.remote.toml");
  const config = await readFile(resolve(root, "wrangler.toml"), "utf8");
  // Every binding is asked for where it is deployed. Beside the original, since paths in it are relative.
  await writeFile(configPath, config.replace(/^binding = "(?!ASSETS)\w+"$/gm, "$&\nremote = true"));
  try {
    const platform = await getPlatformProxy<Env>({ configPath, remoteBindings: true, persist: false });
    return { ctx: scriptCtx(platform.env, await variablesGiven(), script), close: () => platform.dispose() };
  } finally {
    await rm(configPath, { force: true });
  }
}

/** The configuration as the caller gave it: the environment, then .dev.vars. */
async function variablesGiven(): Promise<Record<string, string>> {
  const example = await readFile(resolve(root, ".dev.vars.example"), "utf8");
  const known = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
  const file = existsSync(".dev.vars") ? parseEnv(await readFile(".dev.vars", "utf8")) : {};
  const given = known.flatMap((name) => {
    const value = process.env[name] ?? file[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
