import { parseArgs } from "node:util";
import { enterTenant } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { validateClient } from "#server/domain/tenants/validate-client.ts";
import { DomainError } from "#server/errors.ts";
import { openAtrium } from "./open-atrium.ts";

const usage = `npm run validate-client -- acme [--data DIR | --remote] [--json]

Says what is missing or inconsistent in a client. Ends with 0 where nothing is wrong (warnings may be), 1 where something is, 2
where the client is not there.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: ".atrium/serve" },
    remote: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [id] = positionals;
if (id === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}

const atrium = await openAtrium("validate-client", { remote: values.remote, dataDir: values.data });
try {
  const client = enterTenant(atrium.ctx, await findTenant(atrium.ctx, id), "system");
  const findings = await validateClient(client);
  if (values.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else {
    for (const { severity, message } of findings) process.stdout.write(`${severity === "error" ? "wrong  " : "mind   "} ${message}\n`);
    if (findings.length === 0) process.stdout.write(`${client.tenant.name}: all is well.\n`);
  }
  process.exitCode = findings.some(({ severity }) => severity === "error") ? 1 : 0;
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
} finally {
  await atrium.close();
}
