import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Db } from "#db/client.ts";
import { connections, tenants, webhookDeliveries } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { webhooks } from "#server/catalog/webhooks/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import type { Delivery, DeliveryPage, ListDeliveries } from "./schemas.ts";

type Row = Omit<Delivery, "tenantName" | "accountName" | "providerName">;

const columns = {
  id: webhookDeliveries.id,
  tenantId: webhookDeliveries.tenantId,
  provider: webhookDeliveries.provider,
  connectionId: webhookDeliveries.connectionId,
  topic: webhookDeliveries.topic,
  account: webhookDeliveries.account,
  eventKey: webhookDeliveries.eventKey,
  receivedAt: webhookDeliveries.receivedAt,
  occurredAt: webhookDeliveries.occurredAt,
  status: webhookDeliveries.status,
  reason: webhookDeliveries.reason,
  attempts: webhookDeliveries.attempts,
  workedAt: webhookDeliveries.workedAt,
  /** Only whether it is there. */
  replayable:
    sql<boolean>`${webhookDeliveries.sealed} is not null and ${webhookDeliveries.status} in ('done', 'ignored', 'failed')`.mapWith(Boolean),
};

/** What the providers sent, of all tenants, the newest first: facts of it, never what it said. For the agency's admins. */
export async function listDeliveries(ctx: Ctx, asked: ListDeliveries): Promise<z.infer<typeof DeliveryPage>> {
  const found = (await Promise.all(acrossTenants(ctx).map(({ db }) => read(db, asked)))).flat();
  const sorted = found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = sorted.slice(0, asked.limit);
  return {
    items: await withNames(ctx, items),
    next: sorted.length > asked.limit ? (items.at(-1)?.id ?? null) : null,
    providers: webhooks.map(({ provider }) => ({ id: provider, name: providerName(provider) })),
  };
}

/** One delivery, of any tenant. Throws `not_found`. */
export async function findDelivery(ctx: Ctx, { deliveryId }: { deliveryId: string }): Promise<Delivery> {
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) => db.select(columns).from(webhookDeliveries).where(eq(webhookDeliveries.id, deliveryId))),
  );
  const [delivery] = await withNames(ctx, found.flat());
  if (!delivery) throw notFound("delivery");
  return delivery;
}

/** Ids sort by time, so that the id of the last one is the place to go on from. */
const read = (db: Db, { cursor, limit, provider, status, tenantId }: ListDeliveries): Promise<Row[]> =>
  db
    .select(columns)
    .from(webhookDeliveries)
    .where(
      and(
        tenantId === undefined ? undefined : eq(webhookDeliveries.tenantId, tenantId),
        provider ? eq(webhookDeliveries.provider, provider) : undefined,
        status ? eq(webhookDeliveries.status, status) : undefined,
        cursor ? lt(webhookDeliveries.id, cursor) : undefined,
      ),
    )
    .orderBy(desc(webhookDeliveries.id))
    .limit(limit + 1);

async function withNames(ctx: Ctx, rows: readonly Row[]): Promise<Delivery[]> {
  const idsOf = (pick: (row: Row) => string) => JSON.stringify([...new Set(rows.map(pick))]);
  const [owners, accounts] = await Promise.all([
    ctx.directory
      .select({ id: tenants.id, name: tenants.name })
      .from(tenants)
      .where(inArray(tenants.id, sql`(select value from json_each(${idsOf(({ tenantId }) => tenantId)}))`)),
    Promise.all(
      acrossTenants(ctx).map(({ db }) =>
        db
          .select({ id: connections.id, name: connections.name })
          .from(connections)
          .where(inArray(connections.id, sql`(select value from json_each(${idsOf(({ connectionId }) => connectionId)}))`)),
      ),
    ),
  ]);
  return rows.map((row) => ({
    ...row,
    providerName: providerName(row.provider),
    tenantName: owners.find(({ id }) => id === row.tenantId)?.name ?? null,
    accountName: accounts.flat().find(({ id }) => id === row.connectionId)?.name ?? null,
  }));
}
