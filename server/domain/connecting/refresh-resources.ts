import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { ConnectionRef, RefreshedResources } from "#server/domain/connections/schemas.ts";
import { requireSwitchedOn } from "#server/domain/incidents/open-incidents.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { vaultClosed } from "#server/domain/vault/require-vault.ts";
import { conflict, domainError, ProviderError } from "#server/errors.ts";
import { keepResources, listResources } from "./keep-resources.ts";

/**
 * Asks the provider again what the login opens. What was chosen and is there no more is marked, and its jobs say so. Answers
 * how many there are of each kind, and which chosen ones are gone. Throws `not_found`, `forbidden`, `rate_limited`,
 * `conflict` where the account must be connected again or the provider is switched off, `unavailable` where the provider does not answer, `vault_closed` where our own access does not open.
 */
export async function refreshResources(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<RefreshedResources> {
  requirePermission(ctx, "connections:write");
  const held = await holdConnection(ctx, connectionId);
  if (held.connection.status !== "active") throw conflict("reconnect_first");
  await requireSwitchedOn(ctx, [held.connection.provider]);
  await takeFromLimit(ctx, limitOf("list", connectionId));
  const listed = await askProvider(ctx, held);
  const provider = findProvider(held.connection.provider);
  const all = await listConnections(ctx);
  const before = all.find(({ id }) => id === connectionId)?.chosen ?? [];
  const { chosen, statements } = keepResources(ctx, provider, { connectionId, chosen: before, listed });
  const counts = Object.fromEntries([...listed].map(([kind, found]) => [kind, found.length]));
  const gone = chosen.filter((each) => each.gone);
  const after = [...all.map((row) => (row.id === connectionId ? { ...row, chosen } : row)), ...(await listLent(ctx))];
  const details = { connection: connectionId, provider: provider.id, account: held.connection.name, listed: counts };
  await commit(ctx, "connection.listed", { ...details, gone: gone.map(({ id }) => id) }, [
    ctx.db
      .update(connections)
      .set({ chosen })
      .where(inTenant(ctx, connections, eq(connections.id, connectionId))),
    ...statements,
    ...scheduleStatements(ctx, { connections: after }),
  ]);
  await afterCommit(ctx, "jobs", () => alignJobs(ctx, { written: after }));
  return { listed: counts, gone };
}

async function askProvider(ctx: TenantCtx, held: HeldConnection): Promise<Map<string, Resource[]>> {
  const provider = findProvider(held.connection.provider);
  try {
    return await listResources(provider, openAccount(ctx, held), held.connection);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("what can be chosen could not be listed", { connection: held.connection.id, kind: error.kind, reason: error.message });
    if (error.cause instanceof VaultError && error.cause.closedBy === "key") throw vaultClosed(error);
    if (error.kind === "revoked") throw conflict("reconnect_first");
    const more = { cause: error, ...(error.retryAfterS !== undefined && { retryAfterS: error.retryAfterS }) };
    throw domainError("listing_unavailable", { provider: provider.name }, more);
  }
}
