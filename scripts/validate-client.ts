import { enterTenant } from "#server/ctx.ts";
import { validateClient } from "#server/domain/clients/validate-client.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { wordedFindings } from "#server/trpc/say-findings.ts";
import { voiceIn } from "#workers/voice.ts";
import { readOptions, readTenant, usageOfWhose, whose } from "./read-options.ts";
import { withAtrium } from "./with-atrium.ts";

const usage = `npm run validate-client -- --tenant acme [--json]

${usageOfWhose}
Says what is missing or inconsistent in a client. Ends with 0 where nothing is wrong (warnings may be), 1 where something is, 2
where the client is not there.
`;

const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: { ...whose, tenant: { type: "string" }, json: { type: "boolean", default: false } },
});
const id = readTenant(usage, values, positionals);

await withAtrium("validate-client", values, async (ctx) => {
  const client = enterTenant(ctx, await findTenant(ctx, id), "system");
  const findings = wordedFindings({ voice: voiceIn("en") }, await validateClient(client));
  if (values.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else {
    for (const { severity, message } of findings) process.stdout.write(`${severity === "error" ? "error  " : "warning"} ${message}\n`);
    if (findings.length === 0) process.stdout.write(`${client.tenant.name}: all is well.\n`);
  }
  process.exitCode = findings.some(({ severity }) => severity === "error") ? 1 : 0;
});
