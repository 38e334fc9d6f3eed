import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { AccountDetails, ConnectionStatus, ProbeResult, ReconnectReason } from "#server/domain/connections/schemas.ts";

/** An account at a provider that a tenant has connected. Its tokens are in `secrets`. */
export const connections = sqliteTable(
  "connections",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    /** The provider's own id of the account: reconnecting must come back with the same one. */
    externalId: text().notNull(),
    name: text().notNull(),
    details: json<AccountDetails>().notNull(),
    scopesAsked: json<string[]>().notNull(),
    scopesGranted: json<string[]>().notNull(),
    status: text().$type<ConnectionStatus>().notNull(),
    /** Why the status is `reconnect_needed`; its words are in the schemas. */
    statusReason: text().$type<ReconnectReason>(),
    accessExpiresAt: instant(),
    refreshExpiresAt: instant(),
    connectedBy: text().notNull(),
    connectedAt: instant().notNull(),
    lastSuccessAt: instant(),
    lastRefreshAt: instant(),
    probedAt: instant(),
    probeResult: text().$type<ProbeResult>(),
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
    uniqueIndex("connections_account").on(t.tenantId, t.provider, t.externalId),
    index("connections_expiry").on(t.status, t.accessExpiresAt),
    // Whether another tenant lives on the same grant, before it is given back.
    index("connections_external").on(t.provider, t.externalId),
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
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.field] })],
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
    forTenant: text().notNull(),
    userId: text().notNull(),
    sessionId: text().notNull(),
    /** Hash of a cookie that only the browser which began holds. */
    browserHash: text().notNull(),
    redirectUri: text().notNull(),
    /** PKCE verifier, sealed for the tenant. */
    verifier: text(),
    shop: text(),
    scopes: json<string[]>().notNull(),
    /** The connection that is being reconnected: the same account must come back. */
    connectionId: text(),
    returnTo: text().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [index("oauth_states_expiry").on(t.expiresAt)],
);
