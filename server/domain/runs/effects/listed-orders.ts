import { sql } from "drizzle-orm";
import { orders } from "#db/schema/index.ts";
import { deleteOrders } from "#server/domain/commerce/delete-orders.ts";
import type { WriteRows } from "./writing.ts";

/** Orders of the listed time that the shop has no more. */
export const dropUnlisted: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    found?.listed ? [[connectionIds[0], found.listed.from, found.listed.to, found.listed.changedBefore, found.listed.externalIds]] : [],
  ).flatMap((json) =>
    deleteOrders(db, {
      now,
      which: sql`select o.tenant_id, o.connection_id, o.external_id ${held(json, sql`cross join ${orders} o on o.tenant_id = r.tenant_id and o.connection_id = j.value->>0`)}
        and o.placed_at >= j.value->>1 and o.placed_at < j.value->>2 and o.updated_at < j.value->>3
        and o.external_id not in (select value from json_each(j.value, '$[4]'))`,
    }),
  );
