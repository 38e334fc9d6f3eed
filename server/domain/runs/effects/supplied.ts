import { sql } from "drizzle-orm";
import { privacyRequests, supplyOrders } from "#db/schema/index.ts";
import type { WriteRows } from "./writing.ts";

/** How orders stand at suppliers; what a person changed since it was read, or whose customer was forgotten since, stays as it is. */
export const writeSupplied: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.supplied ?? []).map((each) => [
      ...[
        connectionIds[0],
        each.orderId,
        each.provider,
        each.part,
        each.customerId,
        each.state,
        each.reason,
        each.facts,
        each.since,
        each.round,
      ],
      ...[each.lines, each.parcels, each.waivedUpTo, each.partly ? 1 : 0, each.version, each.nextAt],
    ]),
  ).map((json) =>
    db
      .insert(supplyOrders)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8,
          j.value->>9, j.value->>10, j.value->>11, j.value->>12, j.value->>13, j.value->>14, j.value->>15, ${now} ${held(json)}
          and not exists (select 1 from ${privacyRequests} f where f.tenant_id = r.tenant_id and f.connection_id = j.value->>0 and f.kind = 'redact_customer'
            and f.subject = j.value->>4 and f.done_at >= coalesce(r.started_at, r.created_at))`,
      )
      .onConflictDoUpdate({
        target: [supplyOrders.tenantId, supplyOrders.connectionId, supplyOrders.orderId, supplyOrders.provider, supplyOrders.part],
        set: {
          ...{ state: sql`excluded.state`, reason: sql`excluded.reason`, facts: sql`excluded.facts`, since: sql`excluded.since` },
          ...{
            round: sql`excluded.round`,
            lines: sql`excluded.lines`,
            parcels: sql`excluded.parcels`,
            partly: sql`excluded.partly`,
            nextAt: sql`excluded.next_at`,
          },
        },
        setWhere: sql`${supplyOrders.version} = excluded.version`,
      }),
  );
