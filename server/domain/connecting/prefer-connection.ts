import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";

/**
 * Says which of several accounts at one provider jobs read, as far as it allows what they need. Jobs that now read another
 * account begin anew, and the client has the currency and time zone of the shop that they read, where nobody chose them; where it is
 * the one already, nothing is written. Throws `not_found`, `forbidden`, and `conflict` for an account that is not connected.
 */
export async function preferConnection(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<void> {
  requirePermission(ctx, "connections:write");
  const connection = await findConnection(ctx, connectionId);
  if (connection.status !== "active") throw conflict("reconnect_first");
  const preferredAt = ctx.now();
  const all = await listConnections(ctx);
  const rivals = all.filter(({ id, provider }) => id !== connectionId && provider === connection.provider);
  const stands = connection.preferredAt ?? 0;
  if (stands > 0 && rivals.every((row) => (row.preferredAt ?? 0) < stands)) return;
  const after = [...all.map((row) => (row.id === connectionId ? { ...row, preferredAt } : row)), ...(await listLent(ctx))];
  const details = { connection: connectionId, provider: connection.provider, account: connection.name };
  await commit(ctx, "connection.preferred", details, [
    ctx.db
      .update(connections)
      .set({ preferredAt })
      .where(inTenant(ctx, connections, eq(connections.id, connectionId))),
    ...scheduleStatements(ctx, { connections: after }),
  ]);
  await afterCommit(ctx, "jobs", () => alignJobs(ctx, { written: after }));
  await afterCommit(ctx, "facts", () => adoptFacts(ctx, { connection: connectionId }));
}
