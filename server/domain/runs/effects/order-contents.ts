import { sql } from "drizzle-orm";
import { orderContents } from "#db/schema/index.ts";
import { isOfForgotten } from "#server/domain/commerce/customer-of-order.ts";
import { notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { ownerOfRow, type WriteRows } from "./writing.ts";

/** How far orders have come: as they are now, however their contents are dated. */
export const writeParcels: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.parcels ?? []).map((each) => [connectionIds[0], each.orderExternalId, each.fulfilments, each.deliveredAt]),
  ).map((json) =>
    db
      .update(orderContents)
      .set({ fulfilments: sql`n.fulfilments`, deliveredAt: sql`n.delivered_at` })
      .from(
        sql`(select r.tenant_id as tenant, j.value->>0 as connection, j.value->>1 as id, j.value->>2 as fulfilments, j.value->>3 as delivered_at ${held(json)}) n`,
      )
      .where(
        sql`${orderContents.tenantId} = n.tenant and ${orderContents.connectionId} = n.connection and ${orderContents.externalId} = n.id`,
      ),
  );

/** An order that was asked where its parcels are is not asked first again, unless the shop has said since that one moved. */
export const noteAsked: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.askedParcels?.orderExternalIds ?? []).map((id) => [connectionIds[0], id, found?.askedParcels?.until]),
  ).map((json) =>
    db
      .update(orderContents)
      .set({ movedAt: null })
      .where(
        sql`(tenant_id, connection_id, external_id) in (select s.tenant_id, s.connection_id, s.external_id ${held(
          json,
          sql`cross join ${orderContents} s on s.tenant_id = r.tenant_id and s.connection_id = j.value->>0 and s.external_id = j.value->>1 and s.moved_at <= j.value->>2`,
        )})`,
      ),
  );

/** What is in orders, unless a newer state is here or the order was deleted; without their codes where their buyer asked to be forgotten. */
export const writeContents: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.contents ?? []).map((each) => [
      connectionIds[0],
      each.orderExternalId,
      each.updatedAt,
      each.lines,
      each.codes,
      each.fulfilments,
      each.deliveredAt,
      each.paid ? 1 : 0,
    ]),
  ).map((json) =>
    db
      .insert(orderContents)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, iif(j.value->>4 <> '[]' and ${isOfForgotten({ ...ownerOfRow, orderId: sql`j.value->>1` })}, '[]', j.value->>4), j.value->>5, j.value->>6, j.value->>7, null ${held(json)} and ${notDeleted({ ...ownerOfRow, externalId: sql`j.value->>1` })}`,
      )
      .onConflictDoUpdate({
        target: [orderContents.tenantId, orderContents.connectionId, orderContents.externalId],
        set: {
          updatedAt: sql`excluded.updated_at`,
          lines: sql`excluded.lines`,
          codes: sql`excluded.codes`,
          fulfilments: sql`excluded.fulfilments`,
          deliveredAt: sql`excluded.delivered_at`,
          paid: sql`excluded.paid`,
        },
        setWhere: sql`excluded.updated_at >= ${orderContents.updatedAt}`,
      }),
  );
