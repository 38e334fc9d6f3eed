import { eq } from "drizzle-orm";
import { connections, dataKeys, secrets } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openSecret } from "#server/domain/vault/secrets.ts";
import { notFound } from "#server/errors.ts";
import type { ConnectionRow, HeldConnection } from "./rows.ts";

/** One connection of this tenant with its sealed secrets, all of one moment. Throws `not_found`. */
export async function holdConnection(ctx: TenantCtx, connectionId: string): Promise<HeldConnection> {
  const [[connection], sealed, keys] = await ctx.db.batch([
    ctx.db
      .select()
      .from(connections)
      .where(inTenant(ctx, connections, eq(connections.id, connectionId))),
    ctx.db
      .select()
      .from(secrets)
      .where(inTenant(ctx, secrets, eq(secrets.connectionId, connectionId))),
    ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys)),
  ]);
  if (!connection) throw notFound("connection");
  return { connection, secrets: sealed, dataKeys: keys };
}

/** The row alone. Throws `not_found`. */
export async function findConnection(ctx: TenantCtx, connectionId: string): Promise<ConnectionRow> {
  const [connection] = await ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, connectionId)));
  if (!connection) throw notFound("connection");
  return connection;
}

/** Opens one of its secrets for this run; undefined where it has none. */
export async function openField(ctx: TenantCtx, held: HeldConnection, field: string): Promise<string | undefined> {
  const connectionId = held.connection.id;
  const row = held.secrets.find((secret) => secret.field === field && secret.connectionId === connectionId);
  return row && openSecret(ctx, held.dataKeys, { connectionId, field, sealed: row.sealed });
}
