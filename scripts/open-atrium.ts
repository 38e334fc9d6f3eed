import { readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { migrate } from "drizzle-orm/d1/migrator";
import { Miniflare } from "miniflare";
import { parse } from "smol-toml";
import { z } from "zod";
import type { Ctx } from "#server/ctx.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { type Env, readConfig } from "#server/env.ts";
import { scriptCtx } from "./ctx.ts";
import { localVariables } from "./local-variables.ts";
import { noDevVars, wranglerConfig } from "./wrangler-config.ts";

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
  const { d1_databases, queues } = Bound.parse(parse(await readFile(wranglerConfig, "utf8")));
  const miniflare = new Miniflare({
    d1Persist: resolve(dataDir, "d1"),
    d1Databases: Object.fromEntries(d1_databases.map(({ binding, database_id }) => [binding, database_id])),
    queueProducers: Object.fromEntries(queues.producers.map(({ binding, queue }) => [binding, queue])),
    modules: true,
    script: "export default { fetch: () => new Response(null, { status: 404 }) }",
  });
  const bindings = await miniflare.getBindings<Env>();
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

/** What of wrangler.toml a script works on. Read here, since wrangler takes longer to load than most scripts take to work. */
const Bound = z.object({
  d1_databases: z.array(z.object({ binding: z.string(), database_id: z.string() })),
  queues: z.object({ producers: z.array(z.object({ binding: z.string(), queue: z.string() })) }),
});

async function openRemote(script: string, variables: Variables): Promise<Atrium> {
  const { getPlatformProxy } = await import("wrangler");
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
