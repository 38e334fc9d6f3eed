import { type SQL, sql } from "drizzle-orm";
import { privacyRequests } from "#db/schema/index.ts";

interface Named {
  tenantId: SQL;
  connectionId: SQL;
  customerId: SQL;
  updatedAt: SQL;
}

/** Whether this customer asked to be forgotten after the row about them was last changed. */
export const isForgotten = (of: Named): SQL =>
  sql`exists (
    select 1 from ${privacyRequests} p where p.tenant_id = ${of.tenantId} and p.connection_id = ${of.connectionId}
      and p.kind = 'redact_customer' and p.subject = ${of.customerId} and p.received_at >= ${of.updatedAt}
  )`;

/**
 * Whether an order was one of somebody's who asked to be forgotten, however it changed since: the shop keeps its discount codes, and says
 * them again with each change. Without the plus SQLite takes the index of subjects, and so reads every request of the shop.
 */
export const isOfForgotten = (of: { tenantId: SQL; connectionId: SQL; orderId: SQL }): SQL =>
  sql`exists (
    select 1 from ${privacyRequests} p, json_each(p.orders) o where p.tenant_id = ${of.tenantId} and p.connection_id = ${of.connectionId}
      and p.orders <> '[]' and +p.kind = 'redact_customer' and o.value = ${of.orderId}
  )`;

/**
 * The customer of an order as it is written: null where this customer asked to be forgotten after the order was last changed, so
 * that a page that is read late, or an event that is replayed, does not bring back who was taken out.
 */
export const customerOfOrder = (of: Named): SQL => sql`case when ${isForgotten(of)} then null else ${of.customerId} end`;
