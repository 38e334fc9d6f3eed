import { parseEnv } from "node:util";
import { keyProviders } from "#server/catalog/providers/registry.ts";
import { enterTenant } from "#server/ctx.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { planImport } from "#server/domain/connecting/plan-import.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { DomainError } from "#server/errors.ts";
import { describeError } from "#server/trpc/errors.ts";
import { inEnglish } from "#workers/in-english.ts";
import { readOptions, readTenant, refuseCall, usageOfWhose, whose } from "./read-options.ts";
import { readText } from "./read-text.ts";
import { withAtrium } from "./with-atrium.ts";

const usage = `npm run import-secrets -- --tenant acme --file .env [options]

  --prefix ACME_   only variables that begin so, with the prefix taken off
  --dry-run        says what would be connected, asks nobody and keeps nothing
${usageOfWhose}
Each key is tried at its provider before it is kept. The report names variables, never their values. Ends with 0 where all that
was found is connected, 1 where something is not, 2 where it could not begin.
`;

const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: {
    ...whose,
    tenant: { type: "string" },
    file: { type: "string" },
    prefix: { type: "string", default: "" },
    "dry-run": { type: "boolean", default: false },
  },
});
const id = readTenant(usage, values, positionals);
if (values.file === undefined) refuseCall(usage, "Which file? Name it with --file PATH.");

const say = (line: string) => void process.stdout.write(`${line}\n`);
const text = await readText(values.file).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
});
const plan = planImport(parseEnv(text), keyProviders, values.prefix);
for (const { provider, names, missing, malformed } of plan.incomplete) {
  const faults = [
    missing.length > 0 && `without ${missing.join(", ")}`,
    malformed.length > 0 && `of another shape: ${malformed.join(", ")}`,
  ];
  say(`left     ${provider.name}: ${names.join(", ")}; ${faults.filter(Boolean).join("; ")}`);
}
if (plan.unknown.length > 0) say(`unknown  ${plan.unknown.join(", ")}`);

let refused = 0;
await withAtrium("import-secrets", values, async (ctx) => {
  const client = enterTenant(ctx, await findTenant(ctx, id), "system");
  for (const { provider, names, fields } of plan.ready) {
    if (values["dry-run"]) say(`would connect ${provider.name}: ${names.join(", ")}`);
    else refused += (await connect(provider.id, fields, `${provider.name}: ${names.join(", ")}`)) ? 0 : 1;
  }
  if (plan.ready.length === 0) say("No keys to connect in this file.");
  process.exitCode = refused + plan.incomplete.length > 0 ? 1 : 0;

  async function connect(provider: string, given: Record<string, string>, what: string): Promise<boolean> {
    try {
      const { account } = await connectKey(client, { provider, fields: given });
      say(`connected     ${what} is ${account}`);
      return true;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      say(`not connected ${what}: ${inEnglish(describeError(error)).message}`);
      return false;
    }
  }
});
