import { readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { migrate } from "drizzle-orm/d1/migrator";
import { Miniflare } from "miniflare";
import { getPlatformProxy } from "wrangler";
import type { Ctx } from "#server/ctx.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { type Env, readConfig } from "#server/env.ts";
import { scriptCtx } from "./ctx.ts";
import { localVariables } from "./local-variables.ts";
import { noDevVars, workerOptions, wranglerConfig } from "./worker-options.ts";

/** An Atrium's verbs from outside of its Worker. */
export interface Atrium {
  ctx: Ctx;
  close(): Promise<void>;
}

export interface Whose {
  /** The deployed one: its D1 and queues through wrangler's login, its secrets from this process's environment. */
  remote: boolean;
  /** Else the local one whose data and keys are here, as `npm run serve -- --data` has it. Its server should not run meanwhile. */
  dataDir: string;
}

type Variables = Record<string, string>;

const root = resolve(import.meta.dirname, "..");

/** Opens the local or the deployed Atrium for a script. Throws with the names of what its configuration lacks. */
export async function openAtrium(script: string, { remote, dataDir }: Whose): Promise<Atrium> {
  const given = await variablesGiven();
  const variables = remote ? given : { APP_ORIGIN: "http://localhost:8787", ...(await localVariables(resolve(dataDir))), ...given };
  // Before anything is reached: with half of a configuration nothing is done to anybody's data.
  readConfig(variables as Partial<Env> as Env);
  return remote ? openRemote(script, variables) : openLocal(script, variables, resolve(dataDir));
}

async function openLocal(script: string, variables: Variables, dataDir: string): Promise<Atrium> {
  const { assets: _, queueConsumers: __, ...worker } = workerOptions();
  const miniflare = new Miniflare({
    d1Persist: resolve(dataDir, "d1"),
    workers: [{ ...worker, name: "atrium", modules: true, script: "export default { fetch: () => new Response(null, { status: 404 }) }" }],
  });
  const bindings = await miniflare.getBindings<Env>("atrium");
  await migrate(drizzle(bindings.DB), { migrationsFolder: resolve(root, "drizzle") });
  const ctx = scriptCtx(bindings, variables, script);
  // Its queues end with this process: what would be mailed or renewed is mailed or renewed here and now.
  const local: Ctx = {
    ...ctx,
    send: {
      ...ctx.send,
      mail: (message) => workMail(local, message),
      tokens: async (messages) => {
        for (const message of messages) await workToken(local, message);
      },
    },
  };
  return { ctx: local, close: () => miniflare.dispose() };
}

async function openRemote(script: string, variables: Variables): Promise<Atrium> {
  const configPath = resolve(root, ".wrangler.remote.toml");
  const config = await readFile(wranglerConfig, "utf8");
  // Every binding is asked for where it is deployed. Beside the original, since paths in it are relative.
  await writeFile(configPath, config.replace(/^binding = "(?!ASSETS)\w+"$/gm, "$&\nremote = true"));
  try {
    const platform = await getPlatformProxy<Env>({ configPath, remoteBindings: true, persist: false, ...noDevVars });
    return { ctx: scriptCtx(platform.env, variables, script), close: () => platform.dispose() };
  } finally {
    await rm(configPath, { force: true });
  }
}

/** What of the configuration the caller exported. Not .dev.vars: it belongs to the dev server and to no Atrium that is opened here. */
async function variablesGiven(): Promise<Variables> {
  const example = await readFile(resolve(root, ".dev.vars.example"), "utf8");
  const known = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
  const given = known.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
