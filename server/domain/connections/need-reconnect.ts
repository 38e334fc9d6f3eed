import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { scheduleStatements } from "#server/domain/runs/schedule-statements.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { listConnections } from "./list-connections.ts";
import type { ConnectionRow } from "./rows.ts";
import type { ReconnectReason } from "./schemas.ts";

/**
 * The provider took access away: the connection waits for a person, its jobs are blocked, the client is told, once. Does
 * nothing where the connection has other tokens by now than those that were refused (`connection.version`). The tokens are
 * kept: they are worth nothing, and disconnecting destroys them.
 */
export async function needReconnect(ctx: TenantCtx, connection: ConnectionRow, found: ReconnectReason): Promise<void> {
  // However it was found out, what its owner can do about a key is one thing.
  const reason = connection.kind === "key" ? "key_refused" : found;
  const [marked] = await ctx.db
    .update(connections)
    .set({
      status: "reconnect_needed",
      statusReason: reason,
      statusAt: ctx.now(),
      leaseOwner: null,
      leaseUntil: null,
      version: connection.version + 1,
    })
    .where(
      inTenant(
        ctx,
        connections,
        eq(connections.id, connection.id),
        eq(connections.version, connection.version),
        eq(connections.status, "active"),
      ),
    )
    .returning({ id: connections.id });
  if (!marked) return;
  const details = { connection: connection.id, provider: connection.provider, account: connection.name, reason };
  ctx.log.warn("connection needs to be connected again", details);
  await commit(ctx, "connection.reconnect_needed", details, await blockedJobs(ctx));
  try {
    await ctx.send.mail({ v: 1, type: "mail.reconnect", tenant: ctx.tenant.id, connection: connection.id });
  } catch (error) {
    // The portal says it as well, and the run that found out must end as "revoked".
    ctx.log.error("the mail about a reconnect was not queued", { ...details, error });
  }
}

/**
 * A job came here that should have been blocked when the connection was marked: whoever marked it died before that was
 * written. It is written now.
 */
export async function blockJobs(ctx: TenantCtx): Promise<void> {
  const [first, ...rest] = await blockedJobs(ctx);
  if (first) await ctx.db.batch([first, ...rest]);
}

const blockedJobs = async (ctx: TenantCtx) => scheduleStatements(ctx, { connections: await listConnections(ctx) });
