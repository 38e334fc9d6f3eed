import { sql } from "drizzle-orm";
import { orders } from "#db/schema/index.ts";
import { customerOfOrder } from "#server/domain/commerce/customer-of-order.ts";
import { notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { newerOrder } from "#server/domain/commerce/newer-order.ts";
import { ownerOfRow, type WriteRows } from "./writing.ts";

const customer = customerOfOrder({ ...ownerOfRow, customerId: sql`j.value->>2`, updatedAt: sql`j.value->>7` });

/** Orders as the shop says them, unless a newer state is here, the order was deleted, or its buyer asked to be forgotten. */
export const writeOrders: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.orders ?? []).map((o) => [
      connectionIds[0],
      o.externalId,
      o.customerId,
      o.placedAt,
      o.day,
      o.grossMinor,
      o.currency,
      o.updatedAt,
      o.cancelledAt,
    ]),
  ).map((json) =>
    db
      .insert(orders)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, ${customer}, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8 ${held(json)} and ${notDeleted({ ...ownerOfRow, externalId: sql`j.value->>1` })}`,
      )
      .onConflictDoUpdate(newerOrder),
  );
