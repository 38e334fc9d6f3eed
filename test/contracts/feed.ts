import type { JsonSchema, ObjectSchema } from "#server/trpc/rest.ts";
import type { Belongings } from "./belongings.ts";

/** Fields that name something that belongs to a tenant or to a person, and which of their things is meant. */
const ids: Record<string, (of: Belongings) => string> = {
  tenant: ({ tenant }) => tenant.id,
  tenantId: ({ tenant }) => tenant.id,
  clientId: ({ tenant }) => tenant.id,
  runId: ({ runId }) => runId,
  connectionId: ({ connectionId }) => connectionId,
  owedId: ({ owedId }) => owedId,
  actionId: ({ actionId }) => actionId,
  findingId: ({ findingId }) => findingId,
  invitationId: ({ invitationId }) => invitationId,
  sessionId: ({ owner }) => owner.sessionId,
  userId: ({ owner }) => owner.userId,
  actorId: ({ owner }) => owner.userId,
  deliveryId: ({ deliveryId }) => deliveryId,
  requestId: ({ requestId }) => requestId,
  letterId: ({ deadLetterId }) => deadLetterId,
  revealId: ({ revealId }) => revealId,
  noticeId: ({ noticeId }) => noticeId,
  loanId: ({ loanId }) => loanId,
  borrower: ({ tenant }) => tenant.id,
  workspaceRequestId: ({ revealId }) => revealId.replace("rev_", "wrq_"),
  deletionId: ({ revealId }) => revealId.replace("rev_", "del_"),
  incidentId: ({ runId }) => runId.replace("run_", "inc_"),
};

/** Fields that name nothing of anybody's, with a value that passes. */
const plain: Record<string, unknown> = {
  was: {},
  id: "a-new-slug",
  name: "A name",
  company: "A company",
  email: "somebody@example.com",
  ownerEmail: "owner@example.com",
  contactName: "Somebody",
  contactEmail: "contact@example.com",
  currency: "EUR",
  timezone: "Europe/Paris",
  features: {},
  // Of a key form: none, which no provider accepts.
  fields: {},
  // What is chosen under an account, and how a job measures.
  kind: "ga4_property",
  ids: [],
  config: {},
  params: {},
  search: "a",
  // Of what was counted before: all of it came before this.
  until: "run_zzz",
  // Of what is looked at.
  view: { range: 30, compare: "previous" },
  sensor: "shopify-sensor",
  metric: "shopify-sensor.revenue",
  chart: "revenue",
  // Of days; of a finding, what it proposes.
  from: "2026-01-01",
  to: "2026-12-31",
  days: 7,
  // Of how a person wants to be told.
  choices: {},
  quietFrom: "22:00",
  quietTo: "07:00",
  // Of a secret, and why somebody should see it; of an end, which needs the client's own name.
  field: "access_token",
  reason: "A reason that is long enough.",
  confirmation: "not its name",
  tags: ["a tag"],
  since: 0,
  action: "client.updated",
  // Of a decision: a hash that nothing has, and nothing decided.
  hash: "a".repeat(64),
  shopHash: "a".repeat(16),
  crmHash: "a".repeat(16),
  items: [],
  done: true,
  payload: {},
  automation: "review-request-automation",
  job: "shopify-sensor",
  cause: "gave_up",
  provider: "shopify",
  returnTo: "/",
  code: "123456",
  hint: "checklist",
  // A customer of the shop's, whom no client of the test has.
  of: "1",
  customerId: "1",
  // Of clients that staff choose among all.
  tenants: [],
  // Of an order and a product of the shop's, which no client of the test has, and of a supplier's thing.
  order: "1",
  variant: "1",
  reference: "V1",
  q: "",
  // Of a webhook of an account's own.
  secret: "a-webhook-secret-of-its-own",
  all: false,
  // Of an account that waits for one person's answer in one browser: see test/domain/connecting/shown.
  consent: "00000000-0000-4000-8000-000000000000",
  // Of a link that nobody was sent. Tokens are no ids: who has one may use it, see the tests of sign-in and invitations.
  token: "A".repeat(43),
};

/** What pages go on from: left out, since the first page is what a stranger would ask for. */
const leftOut = new Set(["cursor", "limit"]);

/** The fields of an input that are ids, so that each is tried by itself. */
export const idFields = (schema: ObjectSchema): string[] =>
  Object.keys(schema.properties).filter((field) => field in ids && field !== "tenant");

/** Why this test cannot ask a procedure, in a sentence, or null. */
export function unknownField(name: string, schema: ObjectSchema): string | null {
  const stranger = Object.keys(schema.properties).find(
    (field) => !(field in ids) && plainValue(field, schema.properties[field]) === undefined && !leftOut.has(field),
  );
  if (stranger === undefined) return null;
  return `${name} takes "${stranger}", which this test does not know: add it to test/contracts/feed.ts, to \`ids\` if it names something that belongs to somebody, else to \`plain\`.`;
}

/** An input in which every id that is asked for is one of `of`'s, within the tenant `inside`. */
export function feed(schema: ObjectSchema, of: Belongings, inside: Belongings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties).flatMap(([field, property]) => {
      if (leftOut.has(field)) return [];
      const id = ids[field];
      return [[field, field === "tenant" ? inside.tenant.id : id ? id(of) : plainValue(field, property)]];
    }),
  );
}

function plainValue(field: string, property: JsonSchema | undefined): unknown {
  if (field in plain) return plain[field];
  if (property?.enum) return property.enum[0];
  if (property?.type === "boolean") return false;
  if (property?.type === "integer" || property?.type === "number") return property.minimum ?? 1;
  return undefined;
}
