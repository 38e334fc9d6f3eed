import { and, eq, ne } from "drizzle-orm";
import { openDb, places } from "#db/client.ts";
import { connections, secrets } from "#db/schema/index.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { scheduleStatements } from "#server/domain/runs/schedule-statements.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { ProviderError } from "#server/errors.ts";
import { holdConnection, openField } from "./hold-connection.ts";
import { listConnections } from "./list-connections.ts";
import { credentialsOf, fillEndpoint, oauthEndpointsOf } from "./provider-endpoints.ts";
import type { ConnectionRow } from "./rows.ts";
import type { ConnectionRef } from "./schemas.ts";
import { sendRequest } from "./send-request.ts";

interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
}

/**
 * Ends a connection: its secrets are destroyed, its jobs blocked, its history stays. Then access is given back at the provider,
 * as far as it answers; `revoked` says whether it did. Disconnecting twice is no error. Throws `not_found`, `forbidden`.
 */
export async function disconnect(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<{ revoked: boolean }> {
  requirePermission(ctx, "connections:write");
  const held = await holdConnection(ctx, connectionId);
  const { connection } = held;
  if (connection.status === "disconnected") return { revoked: false };
  const provider = findProvider(connection.provider);
  const tokens = await openTokens(ctx, held);
  const ended = { status: "disconnected" as const, statusReason: null, accessExpiresAt: null, refreshExpiresAt: null };
  const others = (await listConnections(ctx)).filter(({ id }) => id !== connection.id);
  await commit(ctx, "connection.disconnected", { connection: connection.id, provider: provider.id, account: connection.name }, [
    ctx.db
      .update(connections)
      .set({
        ...ended,
        version: connection.version + 1,
        leaseOwner: null,
        leaseUntil: null,
        refreshFingerprint: null,
        refreshStartedAt: null,
      })
      .where(inTenant(ctx, connections, eq(connections.id, connection.id))),
    ctx.db.delete(secrets).where(inTenant(ctx, secrets, eq(secrets.connectionId, connection.id))),
    ...scheduleStatements(ctx, { connections: [...others, { ...connection, ...ended }] }),
  ]);
  return { revoked: tokens !== null && (await giveBack(ctx, provider, { connection, tokens })) };
}

/** Null where there is nothing to give back. What no longer opens must not keep anybody from disconnecting. */
async function openTokens(ctx: TenantCtx, held: Awaited<ReturnType<typeof holdConnection>>): Promise<Tokens | null> {
  try {
    const accessToken = await openField(ctx, held, "access_token");
    return accessToken === undefined ? null : { accessToken, refreshToken: await openField(ctx, held, "refresh_token") };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    ctx.log.error("secrets did not open", { connection: held.connection.id, error });
    return null;
  }
}

/** Best effort: the provider may be down, or the tokens dead already. */
async function giveBack(
  ctx: TenantCtx,
  provider: Provider,
  { connection, tokens }: { connection: ConnectionRow; tokens: Tokens },
): Promise<boolean> {
  const { oauth } = provider;
  if (connection.kind === "key" || !oauth?.revocation) return false;
  const { revoke } = oauthEndpointsOf(ctx.config, { ...provider, oauth });
  if (!revoke) return false;
  if (oauth.revocation.ends === "grant" && (await isShared(ctx, connection))) {
    ctx.log.info("the grant is left: another connection lives on it", { connection: connection.id });
    return false;
  }
  try {
    const request = oauth.revocation.request({ ...tokens, ...credentialsOf(ctx.config, { ...provider, oauth }) });
    const url = fillEndpoint(revoke, { shop: connection.details.shop ?? null, service: provider.service });
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const reply = await sendRequest(ctx, provider, url, request);
    // Slack and TikTok refuse with status 200.
    const failure = provider.failureOf(reply);
    if (failure === null) return true;
    ctx.log.warn("access was not given back", { connection: connection.id, status: reply.status, kind: failure.kind });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("access was not given back", { connection: connection.id, error });
  }
  return false;
}

/**
 * Whether the same account is connected elsewhere: by another tenant too, so this looks across all of them. It answers yes or
 * no and nothing else.
 */
async function isShared(ctx: TenantCtx, { id, provider, externalId }: ConnectionRow): Promise<boolean> {
  const found = await Promise.all(
    places.map((place) =>
      openDb(ctx.databases[place])
        .select({ id: connections.id })
        .from(connections)
        .where(
          and(
            eq(connections.provider, provider),
            eq(connections.externalId, externalId),
            ne(connections.id, id),
            eq(connections.status, "active"),
          ),
        )
        .limit(1),
    ),
  );
  return found.flat().length > 0;
}
