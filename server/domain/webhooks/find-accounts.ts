import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, tenants } from "#db/schema/index.ts";
import type { ConnectionStatus } from "#db/words/connections.ts";
import type { Webhook } from "#server/catalog/webhooks/webhook.ts";
import { acrossTenants, type Ctx, type Tenant } from "#server/ctx.ts";

/** A connection that an event is about. */
export interface EventAccount {
  tenant: Tenant;
  connectionId: string;
  /** As the event names it. */
  account: string;
  /** The provider's own id of the account. */
  externalId: string;
  status: ConnectionStatus;
}

/**
 * The connections, of all tenants, that these accounts of a provider are; whatever their status, since what is kept of an account
 * outlives its access. One account may be several tenants'.
 */
export async function findAccounts(
  ctx: Ctx,
  { provider, accountsAre }: Webhook,
  accounts: ReadonlySet<string>,
): Promise<{ db: Db; found: EventAccount[] }[]> {
  const json = JSON.stringify([...accounts]);
  // Word for word the expression of the index `connections_shop`.
  const account = accountsAre === "shop" ? sql<string>`details ->> '$.shop'` : sql<string>`${connections.externalId}`;
  const places = await Promise.all(
    acrossTenants(ctx).map(async ({ db }) => ({
      db,
      rows: await db
        .select({
          tenantId: connections.tenantId,
          connectionId: connections.id,
          externalId: connections.externalId,
          account,
          status: connections.status,
        })
        .from(connections)
        .where(and(eq(connections.provider, provider), sql`${account} in (select value from json_each(${json}))`)),
    })),
  );
  const ids = [...new Set(places.flatMap(({ rows }) => rows.map(({ tenantId }) => tenantId)))];
  const owners =
    ids.length === 0
      ? []
      : await ctx.directory
          .select()
          .from(tenants)
          .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
  return places.map(({ db, rows }) => ({
    db,
    found: rows.flatMap(({ tenantId, ...row }) => {
      const tenant = owners.find(({ id }) => id === tenantId);
      return tenant ? [{ ...row, tenant }] : [];
    }),
  }));
}
