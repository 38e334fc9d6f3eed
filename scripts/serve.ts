import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { localVariables } from "./local-variables.ts";
import { startServer } from "./server.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8787" }, data: { type: "string", default: ".atrium/serve" } },
});

const port = Number(values.port);
const dataDir = resolve(values.data);
const server = await startServer({ port, dataDir, variables: { ...(await localVariables(dataDir)), ...variablesOfEnvironment(port) } });
process.stdout.write(`Atrium listens on ${server.url}, its data is in ${dataDir}. SIGUSR2 fires the cron, Ctrl-C stops it.\n`);

process.on("SIGUSR2", () => void server.tick());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.stop().then(() => process.exit(0)));

/** What the caller set by itself wins over what is made up locally. */
function variablesOfEnvironment(port: number): Record<string, string> {
  const named =
    /^(APP_ORIGIN|ENVIRONMENT|SIGN_UP|VAULT_KEYS|SIGNING_KEY|PROVIDER_ENDPOINTS|UNAPPROVED_SCOPES|(MAIL|SMTP|RESEND)_\w+|\w+_CLIENT_(ID|SECRET)|KLAVIYO_WEBHOOK_SECRET|SLACK_SIGNING_SECRET|META_WEBHOOK_VERIFY_TOKEN)$/;
  const given = Object.entries(process.env).filter((entry): entry is [string, string] => named.test(entry[0]) && entry[1] !== undefined);
  return { APP_ORIGIN: `http://localhost:${port}`, ...Object.fromEntries(given) };
}
