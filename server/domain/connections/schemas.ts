import * as z from "zod";
import type * as words from "#db/words/connections.ts";
import {
  cliffKinds,
  connectionKinds,
  connectionStatuses,
  debtReasons,
  endsTold,
  farewells,
  probeResults,
  reconnectReasons,
  renewalOutcomes,
  renewalTriggers,
} from "#db/words/connections.ts";

export const ConnectionStatus = z.enum(connectionStatuses);

export const ConnectionKind = z.enum(connectionKinds);

export const CliffKind = z.enum(cliffKinds);

export const RenewalTrigger = z.enum(renewalTriggers);

export const RenewalOutcome = z.enum(renewalOutcomes);

export const ReconnectReason = z.enum(reconnectReasons);

/**
 * What is said of a connection (how it is, why it needs a person, what is left at the provider after its end), each with what its
 * sentence names. The sentences are in `app/i18n/<language>/connection-words.ts`.
 */
export const connectionCodes = {
  healthy: [],
  ended: [],
  scopes_missing: [],
  unavailable: [],
  rate_limited: [],
  unrenewed: [],
  misconfigured: [],
  rejected: [],
  ends_soon: [],
  ends_unused: [],
  version_ends: [],
  refresh_refused: [],
  access_refused: [],
  not_renewable: [],
  key_refused: [],
  uninstalled: [],
  access_removed: [],
  secret_unreadable: [],
  left_unreached: ["place", "provider"],
  left_listed: ["place", "provider"],
  left_retried: ["provider"],
  left_key: ["provider"],
  left_key_at: ["place", "provider"],
} as const satisfies Record<string, readonly string[]>;
export type ConnectionCode = keyof typeof connectionCodes;

export const ProbeResult = z.enum(probeResults);

/**
 * How a connection is. `expiring`: works, and ends within a month. `degraded`: its provider does not answer. `reconnect_needed`: it
 * ended, or lacks a permission. `revoked`: the provider refused access that had not ended. `misconfigured`: our own fault.
 */
export const HealthState = z.enum(["healthy", "expiring", "degraded", "reconnect_needed", "revoked", "misconfigured"]);
export type HealthState = z.infer<typeof HealthState>;

export const Farewell = z.enum(farewells);

export const DebtReason = z.enum(debtReasons);

/** Why a job waits for a connection: for its provider or for us, which mends itself, or for a person. */
export const WaitReason = z.enum(["degraded", "misconfigured", "reconnect_needed", "missing_scopes", "choice_needed", "choice_gone"]);
export type WaitReason = z.infer<typeof WaitReason>;

export const EndTold = z.enum(endsTold);

const ChangedFact = z.object({ from: z.string(), to: z.string() });
export const AccountChange = z.object({
  at: z.number(),
  currency: ChangedFact.optional(),
  timezone: ChangedFact.optional(),
}) satisfies z.ZodType<words.AccountChange>;

export const ChosenResource = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  currency: z.string().optional(),
  timezone: z.string().optional(),
  gone: z.literal(true).optional(),
}) satisfies z.ZodType<words.ChosenResource>;

export const ConnectionRef = z.object({ connectionId: z.string().max(60) });
export type ConnectionRef = z.infer<typeof ConnectionRef>;

export const SetWebhookSecret = ConnectionRef.extend({
  secret: z
    .string()
    .max(2000)
    .optional()
    .describe("What the provider signs this account's events with; without it one is made, where the provider takes any."),
});
export type SetWebhookSecret = z.infer<typeof SetWebhookSecret>;
export const WebhookSecretSet = z.object({
  address: z.string().describe("Where the provider is to send this account's events."),
  secret: z.string().nullable().describe("The secret, where we made it. It is told this once."),
  bothUntil: z.number().nullable().describe("Until when the secret before it still opens."),
});
export const RemoveWebhookSecret = ConnectionRef.extend({
  all: z.boolean().default(false).describe("The one in use too, and not only the one before it."),
});
export type RemoveWebhookSecret = z.infer<typeof RemoveWebhookSecret>;

/** Access that is owed back, by the id of its debt. */
export const OwedRef = z.object({ owedId: z.string().max(60) });
export type OwedRef = z.infer<typeof OwedRef>;

const ResourceKind = z.string().min(1).max(60);
export const ListResources = ConnectionRef.extend({
  kind: ResourceKind,
  search: z.string().max(200).optional().describe("A part of a name or an id."),
  cursor: z.string().max(2000).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(200).default(50),
  ids: z.array(z.string().max(500)).max(500).default([]).describe("These are answered too, as `picked`, on whatever page they stand."),
});
export type ListResources = z.infer<typeof ListResources>;

const ListedResource = z.object({
  id: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  currency: z.string().nullable(),
  timezone: z.string().nullable(),
});
export const ResourcePage = z.object({
  items: z.array(ListedResource),
  picked: z.array(ListedResource).describe("Those of `ids` that are listed."),
  next: z.string().nullable().describe("Cursor of the next page."),
  total: z.number().describe("All of the kind, whatever was searched for."),
  listedAt: z.number().nullable().describe("When the provider was last asked."),
  chosen: z.array(ChosenResource).describe("What is chosen now, on whatever page it stands."),
});
export type ResourcePage = z.infer<typeof ResourcePage>;

export const RefreshedResources = z.object({
  listed: z.record(z.string(), z.number()).describe("How many there are of each kind."),
  gone: z.array(ChosenResource).describe("What was chosen and is there no more."),
});
export type RefreshedResources = z.infer<typeof RefreshedResources>;

export const ChooseResources = ConnectionRef.extend({
  kind: ResourceKind,
  ids: z.array(z.string().min(1).max(500)).max(500).describe("The provider's ids; none takes the choice back."),
});
export type ChooseResources = z.infer<typeof ChooseResources>;

/** What was typed into a provider's key form. */
export const ConnectKey = z.object({
  provider: z.string().max(40),
  fields: z.record(z.string().max(60), z.string().max(4000)).describe("By field name, as the provider's keyForm lists them."),
  connectionId: z.string().max(60).optional().describe("The key connection whose key is replaced: it must be of the same account."),
});
export type ConnectKey = z.infer<typeof ConnectKey>;

export const ConnectedKey = z.object({
  connectionId: z.string(),
  account: z.string().describe("The account's name at the provider."),
  again: z.boolean().describe("Whether a connection of this account was there before."),
});
export type ConnectedKey = z.infer<typeof ConnectedKey>;

/**
 * Why a connection would be renewed now. `ahead`: its token ends, but not yet. `ends_soon`: within a minute. `ended`: it has.
 * `again`: the last renewal failed and has cooled down. `lasting`: its token has no end, and the provider wants it exchanged.
 */
export const DueReason = z.enum(["ahead", "ends_soon", "ended", "again", "lasting"]);
export type DueReason = z.infer<typeof DueReason>;

/** What is to be known before: somebody renews it at this moment, or an earlier reply was lost. */
export const DueRemark = z.enum(["being_renewed", "reply_lost"]);
export type DueRemark = z.infer<typeof DueRemark>;

/** A connection that the cron would renew now. Instants are milliseconds since 1970. */
export const DueRenewal = z.object({
  tenant: z.string(),
  connection: z.string(),
  provider: z.string(),
  providerName: z.string(),
  name: z.string(),
  dueAt: z.number(),
  accessExpiresAt: z.number().nullable().describe("Null where it has no end."),
  lastRefreshAt: z.number().nullable(),
  reason: DueReason,
  remark: DueRemark.nullable(),
});
export type DueRenewal = z.infer<typeof DueRenewal>;

/** One attempt to renew. */
export const Renewal = z.object({
  id: z.string(),
  connection: z.string(),
  provider: z.string(),
  at: z.number(),
  tookMs: z.number(),
  trigger: RenewalTrigger,
  outcome: RenewalOutcome,
  message: z.string().nullable().describe("The provider's own words, where it failed."),
});
export type Renewal = z.infer<typeof Renewal>;

export const RenewalPage = z.object({
  items: z.array(Renewal),
  next: z.string().nullable().describe("Cursor of the next page; null at the end."),
});
export type RenewalPage = z.infer<typeof RenewalPage>;

export const ListRenewals = z.object({
  connectionId: z.string().max(60).optional().describe("Of this connection alone."),
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListRenewals = z.infer<typeof ListRenewals>;

/** How a renewal that somebody asked for went. */
export const RenewedNow = z.object({
  connection: z.string(),
  outcome: RenewalOutcome.exclude(["lives_on"]),
  message: z.string().nullable(),
  accessExpiresAt: z.number().nullable(),
});
export type RenewedNow = z.infer<typeof RenewedNow>;

const Rate = z.object({ attempts: z.number(), renewed: z.number() });
/** Renewals at one provider, over all clients. What came too late to count is in neither number. */
export const RenewalRate = z.object({ provider: z.string(), providerName: z.string(), day: Rate, week: Rate });
export type RenewalRate = z.infer<typeof RenewalRate>;

/** A connection whose renewals fail in passing. */
export const FailingRenewal = z.object({
  tenant: z.string(),
  connection: z.string(),
  provider: z.string(),
  providerName: z.string(),
  name: z.string(),
  failures: z.number().describe("In a row."),
  nextAt: z.number().nullable(),
  accessExpiresAt: z.number().nullable(),
  outcome: RenewalOutcome.nullable().describe("Of the last attempt."),
  message: z.string().nullable(),
});
export type FailingRenewal = z.infer<typeof FailingRenewal>;

/** Something that ends although everything works. `mend`: who can, and by what. */
export const CalendarEntry = z.object({
  at: z.number(),
  kind: CliffKind,
  tenant: z.string().nullable().describe("Null where it ends for all clients."),
  connection: z.string().nullable(),
  provider: z.string(),
  providerName: z.string(),
  name: z.string().describe("The account's, or the version's."),
  warned: z.number().nullable().describe("The last warning that was sent, in days ahead."),
  mend: z.enum(["oauth", "key", "agency"]),
  clients: z.number().nullable().describe("How many clients use it, for a version; counted to a thousand in each database."),
});
export type CalendarEntry = z.infer<typeof CalendarEntry>;

/** When a connection is renewed next, for staff. */
export const PlannedConnection = z.object({
  connection: z.string(),
  provider: z.string(),
  providerName: z.string(),
  name: z.string(),
  status: ConnectionStatus,
  accessExpiresAt: z.number().nullable(),
  renewAt: z.number().nullable().describe("Null where it cannot be renewed, or need not be."),
  lastRefreshAt: z.number().nullable(),
  failures: z.number().describe("In a row."),
  cooling: z.boolean().describe("Whether it is left alone after a failure."),
  cliffAt: z.number().nullable(),
});
export type PlannedConnection = z.infer<typeof PlannedConnection>;
