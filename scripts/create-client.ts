import { parseArgs } from "node:util";
import { z } from "zod";
import { CreateClient } from "#server/domain/tenants/client.ts";
import { createClient } from "#server/domain/tenants/create-client.ts";
import { DomainError } from "#server/errors.ts";
import { openAtrium } from "./open-atrium.ts";

const usage = `npm run create-client -- --id acme --name "Acme Gifts" [options]

  --vertical shopify|b2b|agency|custom  default shopify
  --plan quickwin|essentials|growth  default essentials
  --locale en|fr|he                default en
  --currency EUR  --timezone UTC
  --contact-name NAME  --contact-email ADDRESS
  --owner ADDRESS                  is invited as its owner
  --data DIR                       the local Atrium with its data there (default .atrium/serve)
  --remote                         the deployed one: wrangler's login, secrets from the environment
`;

const { values } = parseArgs({
  options: {
    id: { type: "string" },
    name: { type: "string" },
    vertical: { type: "string", default: "shopify" },
    plan: { type: "string", default: "essentials" },
    locale: { type: "string" },
    currency: { type: "string" },
    timezone: { type: "string" },
    "contact-name": { type: "string" },
    "contact-email": { type: "string" },
    owner: { type: "string" },
    data: { type: "string", default: ".atrium/serve" },
    remote: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const input = CreateClient.safeParse({
  ...values,
  contactName: values["contact-name"],
  contactEmail: values["contact-email"],
  ownerEmail: values.owner,
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (!input.success) {
  process.stderr.write(`${z.prettifyError(input.error)}\n\n${usage}`);
  process.exit(2);
}

const atrium = await openAtrium("create-client", { remote: values.remote, dataDir: values.data });
try {
  const { id, name } = await createClient(atrium.ctx, input.data);
  process.stdout.write(`${name} is taken in as ${id}.${input.data.ownerEmail ? ` ${input.data.ownerEmail} is invited.` : ""}\n`);
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await atrium.close();
}
