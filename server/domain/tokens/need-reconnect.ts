import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { ReconnectReason } from "#db/words/connections.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/**
 * The provider took access away, or we lost it: the connection waits for a person, its jobs are blocked, the client is told, once. Does
 * nothing where the connection has other tokens by now than those that were refused (`connection.version`). The tokens are
 * kept: they are worth nothing, and disconnecting destroys them.
 */
export async function needReconnect(ctx: TenantCtx, connection: ConnectionRow, found: ReconnectReason): Promise<void> {
  // However it was found out, what its owner can do about a key that is refused is one thing.
  const reason = connection.kind === "key" && found !== "secret_unreadable" ? "key_refused" : found;
  const { id, version, provider, name: account } = connection;
  const seen = inTenant(ctx, connections, eq(connections.id, id), eq(connections.version, version), eq(connections.status, "active"));
  const details = { connection: id, provider, account, reason };
  const [marked] = await commitIf(ctx, connectionExists(ctx, seen), "connection.reconnect_needed", details, [
    ctx.db
      .update(connections)
      .set({
        status: "reconnect_needed",
        statusReason: reason,
        statusAt: ctx.now(),
        leaseOwner: null,
        leaseUntil: null,
        version: version + 1,
      })
      .where(seen)
      .returning({ id: connections.id }),
  ]);
  if (!wrote(marked)) return;
  ctx.log.warn("connection needs to be connected again", details);
  // First what nothing makes up for: jobs that are not blocked yet are when they come.
  await notify(ctx, { mail: { v: 1, type: "mail.reconnect", tenant: ctx.tenant.id, connection: id }, event: version + 1 });
  // A job that comes all the same, since this was not written any more, does it in its turn (`freshAccess`).
  await alignJobs(ctx);
}
