import { eq, isNotNull, ne } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";

/**
 * Keeps a key beside the sign-in that would replace it, for good. Where it has no end there is nothing to do. Throws `forbidden`,
 * `not_found`, and `conflict` where it ended already.
 */
export async function keepKey(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<void> {
  requirePermission(ctx, "settings:write");
  const { provider, name, status } = await findConnection(ctx, connectionId);
  if (status === "disconnected") throw conflict("connect_again");
  const ends = inTenant(
    ctx,
    connections,
    eq(connections.id, connectionId),
    isNotNull(connections.endsAt),
    ne(connections.status, "disconnected"),
  );
  await commitIf(ctx, connectionExists(ctx, ends), "connection.key_kept", { connection: connectionId, provider, account: name }, [
    ctx.db.update(connections).set({ keptAt: ctx.now(), endsAt: null, endTold: null, endLookAt: null }).where(ends),
  ]);
}
