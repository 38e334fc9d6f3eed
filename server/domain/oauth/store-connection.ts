import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { connections, secrets } from "#db/schema/index.ts";
import type { Grant, Identity, OAuthProvider } from "#server/catalog/provider.ts";
import { requireUser, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { expiriesOf } from "#server/domain/connections/expiries.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow, SecretField } from "#server/domain/connections/rows.ts";
import { scheduleStatements } from "#server/domain/runs/schedule-statements.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { currentDataKey, type DataKey, type DataKeyRow, openDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newId } from "#server/ids.ts";

/** What was proven of an account. `granted` are its scopes as the provider said them; `dataKeyRows` the newest first. */
export interface NewConnection {
  grant: Grant;
  identity: Identity;
  asked: string[];
  granted: string[];
  dataKeyRows: readonly DataKeyRow[];
}

/**
 * Stores what was proven: the connection, its sealed tokens, the schedules that may now run and the audit line, in one batch.
 * One row a tenant, provider and account: connecting again updates it. `again` says that it did.
 */
export async function storeConnection(
  ctx: TenantCtx,
  provider: OAuthProvider,
  input: NewConnection,
): Promise<{ id: string; again: boolean }> {
  try {
    return await store(ctx, provider, input);
  } catch (error) {
    // Two consents for one new account at once: the other one's row is there now, and ours updates it.
    const twin = (await listConnections(ctx)).find(isSame(provider, input));
    if (!twin) throw error;
    return store(ctx, provider, input);
  }
}

const isSame =
  (provider: OAuthProvider, { identity }: NewConnection) =>
  (row: ConnectionRow) =>
    row.provider === provider.id && row.externalId === identity.externalId;

async function store(ctx: TenantCtx, provider: OAuthProvider, input: NewConnection): Promise<{ id: string; again: boolean }> {
  const { grant, identity } = input;
  const all = await listConnections(ctx);
  const held = all.find(isSame(provider, input));
  const id = held?.id ?? newId("con", ctx.now());
  const connection = rowOf(ctx, provider, input, { id, held });
  const [newest] = input.dataKeyRows;
  const dataKey = newest ? await openDataKey(ctx.config, newest) : await currentDataKey(ctx);
  // A grant without a refresh token leaves the one that is there: providers send it once.
  const tokens = { access_token: grant.accessToken, ...(grant.refreshToken !== undefined && { refresh_token: grant.refreshToken }) };
  const action = held ? "connection.reconnected" : "connection.connected";
  const details = { connection: id, provider: provider.id, account: identity.name, scopes: input.granted };
  await commit(ctx, action, details, [
    held
      ? ctx.db
          .update(connections)
          .set(connection)
          .where(inTenant(ctx, connections, eq(connections.id, id)))
      : ctx.db.insert(connections).values(connection),
    ...(await keepTokens(ctx, dataKey, { connectionId: id, tokens })),
    ...scheduleStatements(ctx, { connections: [...all.filter((row) => row.id !== id), connection] }),
  ]);
  return { id, again: held !== undefined };
}

function rowOf(
  ctx: TenantCtx,
  provider: OAuthProvider,
  { grant, identity, asked, granted }: NewConnection,
  { id, held }: { id: string; held: ConnectionRow | undefined },
): ConnectionRow {
  const now = ctx.now();
  return {
    id,
    version: (held?.version ?? 0) + 1,
    tenantId: ctx.tenant.id,
    provider: provider.id,
    externalId: identity.externalId,
    name: identity.name.slice(0, 200),
    details: identity.details,
    // A further permission asked for later adds to what a reconnect asks for.
    scopesAsked: [...new Set([...(held?.scopesAsked ?? []), ...asked])],
    scopesGranted: granted,
    status: "active",
    statusReason: null,
    ...expiriesOf(provider, grant, now),
    connectedBy: requireUser(ctx).userId,
    connectedAt: now,
    // The identity call was the first success.
    lastSuccessAt: now,
    lastRefreshAt: null,
    probedAt: now,
    probeResult: "ok",
    leaseOwner: null,
    leaseUntil: null,
    refreshFingerprint: null,
    refreshStartedAt: null,
  };
}

/** Statements that seal tokens into their fields, in place of what was there. */
async function keepTokens(
  ctx: TenantCtx,
  dataKey: DataKey,
  { connectionId, tokens }: { connectionId: string; tokens: Partial<Record<SecretField, string>> },
): Promise<BatchItem<"sqlite">[]> {
  const now = ctx.now();
  const rows = await Promise.all(
    Object.entries(tokens).map(async ([field, secret]) => ({
      tenantId: ctx.tenant.id,
      connectionId,
      field,
      sealed: await sealSecret(ctx, dataKey, { connectionId, field, secret }),
      createdAt: now,
      lastUsedAt: null,
    })),
  );
  return rows.map((row) =>
    ctx.db
      .insert(secrets)
      .values(row)
      .onConflictDoUpdate({
        target: [secrets.tenantId, secrets.connectionId, secrets.field],
        set: { sealed: row.sealed, createdAt: now },
        setWhere: and(eq(secrets.tenantId, ctx.tenant.id), eq(secrets.connectionId, connectionId)),
      }),
  );
}
