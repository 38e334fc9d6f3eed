// Makes a fresh clone ready: installs what the lockfile says and builds what changed. Needs nothing but Node and npm.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
process.chdir(root);

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Atrium needs Node 20.19, 22 or 24; this is ${process.versions.node}.`);

if (installIsStale()) run("Installing dependencies", "npm", ["ci", "--no-audit", "--no-fund"]);
if (!process.argv.includes("--install-only")) build();

/** npm writes its own copy of the lockfile last: older than ours, or missing, means that an install is due. */
function installIsStale() {
  const installed = "node_modules/.package-lock.json";
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync("package-lock.json").mtimeMs;
}

function build() {
  const stamp = "build/.inputs";
  const inputs = hashOf(["app", "server", "db", "workers", "public", "package-lock.json", "vite.config.ts", "wrangler.toml"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === inputs) return;
  rmSync("build", { recursive: true, force: true });
  run("Building the portal", "npx", ["remix", "vite:build", "--logLevel", "warn"]);
  run("Bundling the Worker", "npx", ["wrangler", "deploy", "--dry-run", "--outdir", "build/worker", "--minify"]);
  mkdirSync("build", { recursive: true });
  writeFileSync(stamp, inputs);
}

function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else hash.update(path).update("\0").update(readFileSync(path));
  };
  paths.filter((path) => existsSync(path)).forEach(add);
  return hash.digest("hex");
}

function run(what, command, args) {
  const start = Date.now();
  process.stderr.write(`${what} ...\n`);
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: process.env.CI ?? "true" };
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error || status !== 0) fail(`${what} failed (${command} ${args.join(" ")}).\n${error ?? ""}${stdout ?? ""}${stderr ?? ""}`);
  process.stderr.write(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
