import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import type { AccountChange, AccountDetails, ChosenResource, ConsentEnd, ShownAccount } from "#db/words/connections.ts";
import {
  cliffKinds,
  connectionKinds,
  connectionStatuses,
  debtReasons,
  endsTold,
  failureKinds,
  farewells,
  probeResults,
  reconnectReasons,
  renewalOutcomes,
  renewalTriggers,
} from "#db/words/connections.ts";

/** An account at a provider that a tenant has connected. Its tokens are in `secrets`. */
export const connections = sqliteTable(
  "connections",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    /** By OAuth or by a key; one account may be connected both ways, and then OAuth is used. */
    kind: text({ enum: connectionKinds }).notNull().default("oauth"),
    /** The provider's own id of the account: reconnecting must come back with the same one. */
    externalId: text().notNull(),
    name: text().notNull(),
    details: json<AccountDetails>().notNull(),
    /** The last change of its currency or time zone. */
    changed: json<AccountChange>(),
    /** What was typed into a key form, without its secrets. */
    fields: json<Record<string, string>>().notNull().default({}),
    /** What the client chose of `resources`: what jobs may read. */
    chosen: json<ChosenResource[]>().notNull().default([]),
    /** When the client said that jobs shall use this account, where it has several at one provider. */
    preferredAt: instant(),
    scopesAsked: json<string[]>().notNull(),
    scopesGranted: json<string[]>().notNull(),
    status: text({ enum: connectionStatuses }).notNull(),
    /** Why the status is `reconnect_needed`; its words are in the schemas. */
    statusReason: text({ enum: reconnectReasons }),
    /** Since when the status is what it is. */
    statusAt: instant(),
    accessExpiresAt: instant(),
    refreshExpiresAt: instant(),
    connectedBy: text().notNull(),
    connectedAt: instant().notNull(),
    lastSuccessAt: instant(),
    lastRefreshAt: instant(),
    /** When the cron renews the tokens next; null where they cannot be renewed or never end. */
    renewAt: instant(),
    /** Renewals in a row that failed in passing: each waits longer than the one before. */
    renewFailures: integer().notNull().default(0),
    /** Until when nobody but a person tries again, after a renewal that failed in passing. */
    coolUntil: instant(),
    /** When it will end although it is renewed, why, and the last warning that was sent (days before). */
    cliffAt: instant(),
    cliffKind: text({ enum: cliffKinds }),
    cliffWarned: integer(),
    /** When this key ends, since a sign-in of the same account took its place; null where it does not (see domain/connecting/end-replaced.ts). */
    endsAt: instant(),
    /** The last word about that end that was sent: `announced` or `reminded`. Null: none. */
    endTold: text({ enum: endsTold }),
    /** When the cron looks at that end next; null where it does not. */
    endLookAt: instant(),
    /** When somebody said that the key stays beside the sign-in. */
    keptAt: instant(),
    /** Fingerprint of the registry's facts that `renewAt` and the cliff were worked out from; another one means: work them out anew. */
    planned: text().notNull().default(""),
    probedAt: instant(),
    probeResult: text({ enum: probeResults }),
    /** When the cron probes it next; null where it does not. */
    probeAt: instant(),
    /** When we next see to it that the provider sends us its events; null where it needs no asking. */
    subscribeAt: instant(),
    /** The last call of a job that failed for the provider's reasons, and how: what incidents are counted from. */
    failedAt: instant(),
    failureKind: text({ enum: failureKinds }),
    /** The first such call since one last went well. */
    failingSince: instant(),
    /** Fence: rises with every change of tokens; a writer that saw an older one writes nothing. */
    version: integer().notNull().default(1),
    /** One refresh at a time: who holds the lease, until when. */
    leaseOwner: text(),
    leaseUntil: instant(),
    /** The journal of a refresh: fingerprint of the refresh token in use and when it was sent, written before the request. */
    refreshFingerprint: text(),
    refreshStartedAt: instant(),
  },
  (t) => [
    uniqueIndex("connections_account").on(t.tenantId, t.provider, t.externalId, t.kind),
    // Conditions are literal in the queries too: SQLite does not see bound values when it picks an index.
    index("connections_renew").on(t.renewAt).where(sql`status = 'active' and renew_at is not null`),
    index("connections_probe").on(t.probeAt).where(sql`status = 'active' and probe_at is not null`),
    index("connections_cliff").on(t.cliffAt).where(sql`status = 'active' and cliff_at is not null`),
    // Whose next warning is due: a range of each step, so that who was warned is not read again every minute.
    index("connections_warn").on(t.cliffWarned, t.cliffAt).where(sql`status = 'active' and cliff_at is not null`),
    index("connections_planned").on(t.planned).where(sql`status = 'active'`),
    // How many clients use a provider. Written when an account comes, goes or waits for its people, which is seldom.
    index("connections_used").on(t.provider, t.tenantId).where(sql`status = 'active'`),
    // Who waits for a person: none on a good day.
    index("connections_reconnect").on(t.statusAt).where(sql`status = 'reconnect_needed'`),
    index("connections_failing").on(t.renewFailures).where(sql`status = 'active' and renew_failures > 0`),
    index("connections_failed").on(t.failedAt).where(sql`failed_at is not null`),
    // Whether another tenant lives on the same grant, before it is given back.
    index("connections_external").on(t.provider, t.externalId),
    // Webhooks name a shop by its domain. Without a comma, at which the generator would split the expression.
    index("connections_shop").on(t.provider, sql`details ->> '$.shop'`),
    index("connections_end").on(t.endLookAt).where(sql`end_look_at is not null`),
    index("connections_subscribe").on(t.subscribeAt).where(sql`status = 'active' and subscribe_at is not null`),
    known(t.kind),
    known(t.status),
    known(t.cliffKind),
    known(t.endTold),
    known(t.probeResult),
    known(t.failureKind),
  ],
);

/** Sealed values, see domain/vault. `sealed` names the data key's version in clear. */
export const secrets = sqliteTable(
  "secrets",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    field: text().notNull(),
    sealed: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.field] }),
    // Webhook secrets that were replaced, which the sweep ends.
    index("secrets_before").on(t.createdAt).where(sql`field = 'webhook_secret_before'`),
  ],
);

/** What the logins of a tenant open, as last listed: what it can choose from. The choice itself is in `connections.chosen`. */
export const resources = sqliteTable(
  "resources",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    kind: text().notNull(),
    externalId: text().notNull(),
    name: text().notNull(),
    parent: text(),
    currency: text(),
    timezone: text(),
    listedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.kind, t.externalId] }),
    index("resources_name").on(t.tenantId, t.connectionId, t.kind, sql`lower(name)`),
  ],
);

/** One attempt to renew a connection's tokens. Times in milliseconds. */
export const renewals = sqliteTable(
  "renewals",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    connectionId: text().notNull(),
    provider: text().notNull(),
    at: instant().notNull(),
    tookMs: integer().notNull(),
    trigger: text({ enum: renewalTriggers }).notNull(),
    outcome: text({ enum: renewalOutcomes }).notNull(),
    /** The provider's own words where it failed, cut short. */
    message: text(),
  },
  (t) => [
    // Ids sort by time, so that lists are paged by them alone.
    index("renewals_connection").on(t.tenantId, t.connectionId, t.id),
    index("renewals_provider").on(t.provider, t.at, t.outcome),
    index("renewals_at").on(t.at),
    known(t.trigger),
    known(t.outcome),
  ],
);

/**
 * Access that must be given back at its provider: written in the batch that ends our use of it, paid at once where that can be
 * done, else by the cron. The tokens are sealed here until it is paid or given up, and nowhere else. "" owes what came before its
 * client was known (see domain/connections/debtor.ts).
 */
export const debts = sqliteTable(
  "debts",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    /** The connection that ended; of a consent that was not kept the debt's own id. The tokens are sealed for this place. */
    connectionId: text().notNull(),
    reason: text({ enum: debtReasons }).notNull(),
    /** Null where nobody has asked yet whose access it is. */
    externalId: text(),
    /** The account's name, or "" where it is not known. */
    name: text().notNull(),
    shop: text(),
    /** `access_token` and `refresh_token` as in `secrets`; null once it is over. */
    accessSealed: text(),
    refreshSealed: text(),
    accessExpiresAt: instant(),
    owedAt: instant().notNull(),
    /** When its token was last asked to be renewed, without what came of that having been kept; null: never, or it was kept. */
    renewBegunAt: instant(),
    /** Tries that failed. */
    tries: integer().notNull().default(0),
    /** When the cron tries next; null once it is over. */
    nextAt: instant(),
    /** How it ended, and when: `unreached` where it was given up. Null while it is owed. */
    farewell: text({ enum: farewells }),
    endedAt: instant(),
  },
  (t) => [
    index("debts_tenant").on(t.tenantId, t.provider, t.externalId),
    index("debts_due").on(t.nextAt).where(sql`next_at is not null`),
    index("debts_ended").on(t.endedAt).where(sql`ended_at is not null`),
    known(t.reason),
    known(t.farewell),
  ],
);

/** One data key a tenant (and version), wrapped by the root key that `rootKeyId` names. */
export const dataKeys = sqliteTable(
  "data_keys",
  {
    tenantId: tenantId(),
    version: integer().notNull(),
    rootKeyId: text().notNull(),
    wrapped: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.version] }), index("data_keys_root").on(t.rootKeyId)],
);

/** A consent on its way. In the directory, since the callback learns its tenant from here and nowhere else. */
export const oauthStates = sqliteTable(
  "oauth_states",
  {
    stateHash: text().primaryKey(),
    provider: text().notNull(),
    /** The tenant, or "" where the client will be made from the account that comes back. */
    forTenant: text().notNull(),
    userId: text().notNull(),
    sessionId: text().notNull(),
    /** Hash of a cookie that only the browser which began holds. */
    browserHash: text().notNull(),
    redirectUri: text().notNull(),
    shop: text(),
    scopes: json<string[]>().notNull(),
    /** The connection that is being reconnected: the same account must come back. */
    connectionId: text(),
    /** Where staff take a client in and have said whose the account is: a client's id, or `new`. */
    whose: text(),
    returnTo: text().notNull(),
    /** The arrival that was the first to come back with the state, and when: it alone exchanges the code. */
    takenBy: text(),
    takenAt: instant(),
    /** How it ended, kept for who comes again. */
    end: json<ConsentEnd>(),
    /** An account that a person is shown before it is kept: under which id, and who it is; its grant is sealed here meanwhile. */
    shownAs: text(),
    shown: json<ShownAccount>(),
    sealedGrant: text(),
    /** The debt that is struck out once it is kept. */
    debtId: text(),
    /** The answer that was the first to say yes or no. */
    answeredBy: text(),
    expiresAt: instant().notNull(),
  },
  (t) => [index("oauth_states_expiry").on(t.expiresAt)],
);
