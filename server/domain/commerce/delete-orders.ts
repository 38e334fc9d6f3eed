import { type SQL, sql } from "drizzle-orm";
import type { Db, Statement } from "#db/client.ts";
import { deletedOrders, occurrences, orderContents, orders, refunds } from "#db/schema/index.ts";

/**
 * Statements that take orders with their refunds, contents and occurrences out of a shop's history for good: a tombstone keeps a page that was read before
 * from bringing one back, and the days that it was counted on. `which` selects tenant, connection and id of the orders; it is asked
 * before each of the five is written.
 */
export const deleteOrders = (db: Pick<Db, "insert" | "delete">, { which, now }: { which: SQL; now: number }): Statement[] => [
  db
    .insert(deletedOrders)
    .select(
      sql`select w.tenant_id, w.connection_id, w.external_id, ${now}, (select json_group_array(day) from (
          select o.day from ${orders} o where o.tenant_id = w.tenant_id and o.connection_id = w.connection_id and o.external_id = w.external_id
          union
          select f.day from ${refunds} f where f.tenant_id = w.tenant_id and f.connection_id = w.connection_id and f.order_external_id = w.external_id))
        from (${which}) w where true`,
    )
    .onConflictDoNothing(),
  db
    .delete(refunds)
    .where(
      sql`(${refunds.tenantId}, ${refunds.connectionId}, ${refunds.orderExternalId}) in (select tenant_id, connection_id, external_id from (${which}))`,
    ),
  db
    .delete(orderContents)
    .where(
      sql`(${orderContents.tenantId}, ${orderContents.connectionId}, ${orderContents.externalId}) in (select tenant_id, connection_id, external_id from (${which}))`,
    ),
  db
    .delete(occurrences)
    .where(
      sql`(${occurrences.tenantId}, ${occurrences.connectionId}, ${occurrences.subject}) in (select tenant_id, connection_id, 'order:' || external_id from (${which}))`,
    ),
  db
    .delete(orders)
    .where(
      sql`(${orders.tenantId}, ${orders.connectionId}, ${orders.externalId}) in (select tenant_id, connection_id, external_id from (${which}))`,
    ),
];

/** Whether an order that is about to be written was not deleted in its shop. */
export const notDeleted = (of: { tenantId: SQL; connectionId: SQL; externalId: SQL }): SQL =>
  sql`not exists (select 1 from ${deletedOrders} d where d.tenant_id = ${of.tenantId} and d.connection_id = ${of.connectionId} and d.external_id = ${of.externalId})`;
