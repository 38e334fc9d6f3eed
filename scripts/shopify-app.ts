import { spawn } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readOptions, refuseCall } from "./read-options.ts";
import { fillIn, isOrigin } from "./shopify-app/fill-in.ts";

const usage = `npm run shopify-app -- --origin https://portal.example.com --client-id ID [--write-only]

  --origin ORIGIN   APP_ORIGIN of the deployed Atrium, which Shopify Flow calls
  --client-id ID    the app's client ID, as in SHOPIFY_CLIENT_ID
  --write-only      writes the app's files with both filled in, and deploys nothing

Deploys what stands in shopify/ as the app's extensions: triggers and actions in Shopify Flow. Its last step is Shopify's own CLI, by
npx, which asks who you are in a browser, shows what changes of the app, and asks before it releases that.
`;

const root = resolve(import.meta.dirname, "..");
const { values } = readOptions(usage, {
  options: { origin: { type: "string" }, "client-id": { type: "string" }, "write-only": { type: "boolean", default: false } },
});
const { origin, "client-id": clientId } = values;
if (origin === undefined || !isOrigin(origin)) refuseCall(usage, "--origin is https and a host, without a path.");
if (clientId === undefined || !/^[0-9a-f]{16,64}$/.test(clientId)) refuseCall(usage, "--client-id is the app's client ID, in hexadecimal.");

const target = join(root, ".atrium/shopify-app");
await rm(target, { recursive: true, force: true });
await cp(join(root, "shopify"), target, { recursive: true });
for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  await writeFile(file, fillIn(await readFile(file, "utf8"), { origin, clientId }));
}
const command = ["--yes", "@shopify/cli@latest", "app", "deploy", "--path", target];
if (values["write-only"]) process.stdout.write(`Written to ${target}. To deploy it:\n  npx ${command.join(" ")}\n`);
else spawn("npx", command, { stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
