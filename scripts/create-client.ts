import { createClient } from "#server/domain/clients/create-client.ts";
import { CreateClient } from "#server/domain/clients/schemas.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";
import { DomainError } from "#server/errors.ts";
import { describeError } from "#server/trpc/errors.ts";
import { inEnglish } from "#workers/in-english.ts";
import { readOptions, refuseCall, usageOfWhose, whose } from "./read-options.ts";
import { sayRefusal, withAtrium } from "./with-atrium.ts";

const usage = `npm run create-client -- --name "Acme Gifts" [options]

  --id acme-gifts  what stands in its URLs and never changes (default: the name, in lower-case ASCII with hyphens)
  --vertical shopify|b2b|agency|custom  default shopify
  --plan quickwin|essentials|growth  default essentials
  --locale en|fr|he                default en
  --currency EUR  --timezone UTC   default: the shop's, as soon as it connects
  --contact-name NAME  --contact-email ADDRESS
  --email ADDRESS  is invited as its owner (--owner means the same)
${usageOfWhose}`;

const { values } = readOptions(usage, {
  options: {
    ...whose,
    id: { type: "string" },
    name: { type: "string" },
    vertical: { type: "string", default: "shopify" },
    plan: { type: "string", default: "essentials" },
    locale: { type: "string" },
    currency: { type: "string" },
    timezone: { type: "string" },
    "contact-name": { type: "string" },
    "contact-email": { type: "string" },
    email: { type: "string" },
    owner: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (values.name === undefined) refuseCall(usage, "What is it called? Name it with --name NAME.");
const id = values.id ?? slugOf(values.name);
if (id === null) refuseCall(usage, "No id can be made of this name: it has no letter or digit of ASCII. Give one with --id.");
if (values.email !== undefined && values.owner !== undefined) refuseCall(usage, "--email and --owner mean the same: give one of them.");

const input = CreateClient.safeParse({
  ...values,
  id,
  contactName: values["contact-name"],
  contactEmail: values["contact-email"],
  ownerEmail: values.email ?? values.owner,
});
if (!input.success) {
  const { issues } = inEnglish(describeError(input.error));
  refuseCall(usage, issues.map(({ field, message }) => `${field}: ${message}`).join("\n"));
}

await withAtrium("create-client", { ...values, refused: 1 }, async (ctx) => {
  const made = await createClient(ctx, input.data).catch((error: unknown) => {
    const isDerived = values.id === undefined && error instanceof DomainError && error.field === "id";
    if (!isDerived) throw error;
    process.stderr.write(`${sayRefusal(error)} It is ${id}: give another with --id.\n`);
    process.exitCode = 1;
    return null;
  });
  if (!made) return;
  process.stdout.write(`${made.name} created as ${id}.${input.data.ownerEmail ? ` Invitation sent to ${input.data.ownerEmail}.` : ""}\n`);
});
