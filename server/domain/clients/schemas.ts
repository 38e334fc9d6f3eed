import * as z from "zod";
import type { ScheduleBlock } from "#db/words/runs.ts";
import { ConnectionStatus } from "#server/domain/connections/schemas.ts";
import { Cause } from "#server/domain/health/schemas.ts";
import { EmailAddress } from "#server/domain/people/schemas.ts";
import { BusinessName, GivenName, longestBusinessName, longestPersonName, PersonName } from "#server/domain/tenancy/name.ts";
import { Currency, Features, Locale, Pasted, Plan, TenantId, TenantStatus, Timezone, Vertical } from "#server/domain/tenancy/schemas.ts";
import type { ErrorCode } from "#server/errors.ts";

/** Without commas, which stand between them in forms, and without signs that nobody sees. */
const Tag = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^,\p{C}]*$/u, "tag_wrong" satisfies ErrorCode);
const Tags = z
  .array(Tag)
  .overwrite((tags) => [...new Set(tags)])
  .max(20);

/** What is known of a client's Klaviyo account. Null is what Klaviyo did not say, or nobody has measured yet. */
const KlaviyoFacts = z.object({
  accountId: z.string(),
  companyId: z.string().describe("Klaviyo's public key of the account, also called site ID."),
  emailDomain: z.string().nullable().describe("Of the address that its mail comes from."),
  listCount: z.number().nullable(),
  segmentCount: z.number().nullable(),
  testAccount: z.boolean().nullable(),
});

/** A client as it goes out. Instants are milliseconds since 1970. */
export const Client = z.object({
  id: z.string(),
  name: z.string(),
  vertical: Vertical,
  plan: Plan,
  status: TenantStatus,
  locale: Locale,
  currency: z.string(),
  currencyChosen: z.boolean().describe("Whether a person chose it; else it is its accounts' own: its shop's, or the first that said one."),
  timezone: z.string(),
  timezoneChosen: z.boolean().describe("Whether a person chose it; else as with the currency."),
  contactName: z.string().nullable(),
  contactEmail: z.string().nullable(),
  owner: z.string().nullable().describe("The address of its owner, or of who is invited as its owner."),
  source: z
    .string()
    .optional()
    .describe("How it came: `manual`, `script`, or the provider whose account it was made from. To the agency's admins alone."),
  tags: z.array(z.string()).optional().describe("What the agency files it under. To its admins alone."),
  klaviyo: KlaviyoFacts.nullable().describe("The Klaviyo account that its jobs read; null without one."),
  features: Features.describe("Job id -> whether the client wants it; what is absent is as the job begins, or as the plan has it."),
  jobsOn: z.array(z.string()).describe("Ids of the jobs that are on, whoever said so."),
  createdAt: z.number(),
  updatedAt: z.number().describe("When something of this record was last changed."),
  lastActivityAt: z.number().nullable(),
  endsAt: z.number().nullable().describe("When all that it has will be erased; null for a client that stays."),
});
export type Client = z.infer<typeof Client>;

export const CreateClient = z.object({
  id: TenantId.optional().describe("The slug that stands in its URLs; it never changes. Without it, one is made of the name."),
  name: BusinessName,
  vertical: Vertical,
  plan: Plan,
  locale: Locale.optional().describe("Without it, the agency's default."),
  currency: Currency.nullish().describe("What is given is chosen and stays; without it, it is taken from the shop when it connects."),
  timezone: Timezone.nullish().describe("As the currency."),
  contactName: PersonName.nullish(),
  contactEmail: EmailAddress.nullish(),
  tags: Tags.optional(),
  ownerEmail: EmailAddress.optional().describe("Who is invited as its owner."),
});
export type CreateClient = z.infer<typeof CreateClient>;

/** Of who asks for a workspace. */
export const RequestWorkspace = z.object({ email: EmailAddress, company: BusinessName, locale: Locale.default("en") });
export type RequestWorkspace = z.infer<typeof RequestWorkspace>;

export const WorkspaceRequestRef = z.object({ workspaceRequestId: z.string().max(60) });
export type WorkspaceRequestRef = z.infer<typeof WorkspaceRequestRef>;

/** The client that is made of it. */
export const ApproveRequest = WorkspaceRequestRef.extend({ id: TenantId, name: BusinessName, plan: Plan });
export type ApproveRequest = z.infer<typeof ApproveRequest>;

/** What clients have who are taken in without more said. */
export const AgencyDefaults = z.object({
  plan: Plan,
  locale: Locale,
  currency: Currency.describe("Until their shop says its own, as the time zone."),
  timezone: Timezone,
});
export type AgencyDefaults = z.infer<typeof AgencyDefaults>;

export const UpdateClient = z
  .object({
    name: BusinessName,
    vertical: Vertical,
    plan: Plan,
    status: TenantStatus.describe("`suspended` stops its jobs."),
    locale: Locale,
    currency: Currency.nullable().describe("What is given is chosen and stays; null: it is its accounts' own from now on."),
    timezone: Timezone.nullable().describe("As the currency."),
    contactName: PersonName.nullable(),
    contactEmail: EmailAddress.nullable().describe("Whom to write to there."),
    tags: Tags.describe("All of them; what is left out is taken away."),
  })
  .partial();
export type UpdateClient = z.infer<typeof UpdateClient>;

const ofOwnPeople = { name: true, locale: true, timezone: true, contactName: true, contactEmail: true } as const;
/** What a client's own people may change of it. */
export const UpdateSettings = UpdateClient.pick(ofOwnPeople);
export type UpdateSettings = z.infer<typeof UpdateSettings>;

/** A change as it is asked for: a form gives names back as they stand, so that what may stand in one is judged where it changes. */
export const ChangeClient = UpdateClient.extend({
  name: GivenName(longestBusinessName).optional(),
  contactName: GivenName(longestPersonName).nullish(),
});
export type ChangeClient = z.infer<typeof ChangeClient>;
export const ChangeSettings = ChangeClient.pick(ofOwnPeople);

export const SetFeatures = z.object({ features: Features });
export type SetFeatures = z.infer<typeof SetFeatures>;

export const ListClients = z.object({
  search: z
    .string()
    .trim()
    .max(80)
    .optional()
    .describe("A part of its name, its id or a member's address, in any case, with or without accents; or how its shop's domain begins."),
  status: TenantStatus.optional(),
  attention: z.boolean().default(false).describe("Only those that need attention."),
  cursor: z.string().max(80).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(50).default(25),
});
export type ListClients = z.infer<typeof ListClients>;

export const PickClients = z.object({
  search: Pasted.max(125).describe(
    "Its id, its name, or a part of either; or its whole name with its id in brackets, as a picker writes it.",
  ),
  limit: z.number().int().min(1).max(20).default(8),
});
export type PickClients = z.infer<typeof PickClients>;
export const ClientName = z.object({ id: z.string(), name: z.string() });
export type ClientName = z.infer<typeof ClientName>;

/** A client's health at a glance. */
export const Glance = z.object({
  connections: z.object({ active: z.number(), reconnectNeeded: z.number(), disconnected: z.number() }),
  lastRunAt: z.number().nullable(),
  lastSuccessAt: z.number().nullable(),
  failedRuns24h: z.number(),
  openDeadLetters: z.number(),
});
export type Glance = z.infer<typeof Glance>;

export const ClientWithHealth = Client.extend({
  health: Glance,
  attention: Cause.nullable().describe("The worst of what is wrong with it now; null where nothing is."),
});
export type ClientWithHealth = z.infer<typeof ClientWithHealth>;

export const ClientPage = z.object({
  clients: z.array(ClientWithHealth),
  items: z.array(ClientWithHealth).describe("The same clients, under the name that every other page of the API uses."),
  next: z.string().nullable().describe("Cursor of the next page; null at the end."),
  totals: z
    .object({ clients: z.number(), attention: z.number() })
    .describe("How many clients there are of the status that is asked for, and how many of them need attention."),
});

/**
 * What can be missing or not fit together in a client, each with what its sentence names. The sentences are in
 * `app/i18n/<language>/finding-words.ts`, with what keeps a job from running.
 */
export const findingCodes = {
  no_owner: [],
  owner_invited: [],
  no_contact: [],
  nothing_connected: [],
  unknown_provider: ["account"],
  reconnect_needed: ["account", "reason"],
  not_configured: ["account", "provider"],
  secret_missing: ["account", "field"],
  ended: ["account"],
  orphan_secret: ["field", "account"],
  stray_secret: ["field"],
  secret_closed: ["field", "account"],
  orphan_rows: ["connections"],
  no_schedule: ["job"],
  schedule_differs: ["job", "marked", "wanted"],
  job_waits: ["job", "why"],
  unknown_feature: ["jobs"],
  currency_differs: ["account", "currency", "own"],
  timezone_differs: ["account", "timezone", "own"],
} as const satisfies Record<string, readonly string[]>;
export type FindingCode = keyof typeof findingCodes;
export type FindingWord = FindingCode | `block_${ScheduleBlock | "free"}`;

/** An account that may be lent to a client. */
export const Lendable = z.object({
  connection: z.string(),
  account: z.string(),
  provider: z.string(),
  providerName: z.string(),
  lender: z.string(),
  lenderName: z.string(),
});
export type Lendable = z.infer<typeof Lendable>;

/** An account of the agency's own that another client's jobs may read. */
export const LendConnection = z.object({
  connectionId: z.string().max(60),
  borrower: z.string().max(100).describe("The client that it is lent to."),
});
export type LendConnection = z.infer<typeof LendConnection>;
export const LoanRef = z.object({ loanId: z.string().max(60) });
export type LoanRef = z.infer<typeof LoanRef>;
export const Loan = z.object({
  id: z.string(),
  lender: z.string(),
  borrower: z.string(),
  connection: z.string(),
  provider: z.string(),
  lentAt: z.number(),
  lenderName: z.string(),
  borrowerName: z.string(),
  providerName: z.string(),
  account: z.string().nullable().describe("What the connection is called; null where it is no more."),
  status: ConnectionStatus.describe("Of the connection: only an `active` one is read."),
});
export type Loan = z.infer<typeof Loan>;
