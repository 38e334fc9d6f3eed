import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { getPlatformProxy } from "wrangler";
import { sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import type { Env } from "#server/env.ts";
import { scriptCtx } from "./ctx.ts";
import { seed } from "./demo/seed.ts";
import { localVariables } from "./local-variables.ts";
import { readText } from "./read-text.ts";

/** Hot reload inside workerd, against the sandbox. `.dev.vars` holds the configuration, `.atrium/dev` the data. */
const origin = "http://localhost:5173";
const dataDir = ".atrium/dev";

const sandbox = await startSandbox({ port: 8788, dataDir: `${dataDir}/sandbox`, redirectOrigin: origin });
if (!existsSync(".dev.vars")) {
  const variables = { ...(await localVariables(dataDir)), APP_ORIGIN: origin, ...sandboxVariables(sandbox.url) };
  await writeFile(
    ".dev.vars",
    Object.entries(variables)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
    { mode: 0o600 },
  );
  process.stdout.write("Made .dev.vars for local development; .dev.vars.example explains each line.\n");
}

const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
const migrated = spawnSync("npx", ["wrangler", "d1", "migrations", "apply", "DB", "--local", "--persist-to", dataDir], {
  stdio: "inherit",
  env,
});
if (migrated.status !== 0) process.exit(1);

const platform = await getPlatformProxy<Env>({ persist: { path: `${dataDir}/v3` } });
await seed(scriptCtx(platform.env, parseEnv(await readText(".dev.vars")) as Record<string, string>, "dev"));
await platform.dispose();

const vite = spawn("npx", ["remix", "vite:dev"], { stdio: "inherit", env });
vite.once("exit", async (code) => {
  await sandbox.stop();
  process.exit(code ?? 0);
});
process.on("SIGINT", () => vite.kill("SIGINT"));
