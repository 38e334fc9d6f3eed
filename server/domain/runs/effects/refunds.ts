import { type SQL, sql } from "drizzle-orm";
import { orders, refunds } from "#db/schema/index.ts";
import { notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { ownerOfRow, type WriteRows } from "./writing.ts";

/** What was given back of orders; after the orders, whose state says which of it is as new as they are. */
export const writeRefunds: WriteRows = (writing) => [...dropUndone(writing), ...keepGiven(writing)];

/** What a shop no longer says of an order was never given back, or is no more: an edit that was undone, a cancellation. */
const dropUndone: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => {
    const kept = new Map<string, string[]>();
    for (const { orderExternalId, externalId } of found?.refunds ?? [])
      kept.set(orderExternalId, [...(kept.get(orderExternalId) ?? []), externalId]);
    return (found?.orders ?? []).map((o) => [connectionIds[0], o.externalId, o.updatedAt, kept.get(o.externalId) ?? []]);
  }).map((json) => {
    const order: SQL = sql`r.tenant_id, j.value->>0, j.value->>1`;
    return db.delete(refunds).where(
      sql`(tenant_id, connection_id, order_external_id) in (select ${order} ${held(
        json,
        sql`cross join ${orders} o
            on o.tenant_id = r.tenant_id and o.connection_id = j.value->>0 and o.external_id = j.value->>1 and o.updated_at = j.value->>2`,
      )})
        and (tenant_id, connection_id, order_external_id, external_id) not in
          (select ${order}, k.value ${held(json, sql`cross join json_each(j.value, '$[3]') k`)})`,
    );
  });

const keepGiven: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.refunds ?? []).map((r) => [connectionIds[0], r.externalId, r.orderExternalId, r.refundedAt, r.day, r.amountMinor, r.currency]),
  ).map((json) =>
    db
      .insert(refunds)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6 ${held(json)} and ${notDeleted({ ...ownerOfRow, externalId: sql`j.value->>2` })}`,
      )
      .onConflictDoUpdate({
        target: [refunds.tenantId, refunds.connectionId, refunds.externalId],
        set: {
          orderExternalId: sql`excluded.order_external_id`,
          refundedAt: sql`excluded.refunded_at`,
          day: sql`case ${refunds.refundedAt} when excluded.refunded_at then ${refunds.day} else excluded.day end`,
          amountMinor: sql`excluded.amount_minor`,
          currency: sql`excluded.currency`,
        },
      }),
  );
