import { type SQL, sql } from "drizzle-orm";
import { occurrences, schedules } from "#db/schema/index.ts";
import type { OccurrenceKind } from "#db/words/occurrences.ts";
import { notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { hearersAt, mayAct, recentMs } from "#server/domain/commerce/occurrences.ts";
import type { StepOutcome } from "#server/domain/runs/outcome.ts";
import { ownerOfRow, type WriteRows } from "./writing.ts";

/**
 * What happened in the shop, told by what is stored and not yet overwritten: so it is written before all else. Of an order that nobody
 * had seen it is known only once its job has read all there was, since in a first reading everything is new.
 */
export const noteOccurrences: WriteRows = (writing) => [
  ...noteOrders(writing, { kind: "order_paid", rowsOf: paidOrders, became: wasUnpaid }),
  ...noteOrders(writing, { kind: "order_delivered", rowsOf: deliveredOrders, became: wasUndelivered }),
  ...noteOrders(writing, { kind: "order_delivered", rowsOf: deliveredSince, became: sql`coalesce((${wasUndelivered}), 0)` }),
  ...noteOrders(writing, { kind: "order_cancelled", rowsOf: cancelledOrders, became: wasStanding }),
  ...notePrices(writing),
];

/** Connection, order, when it happened, and of what state of the order this is read (null: of the present one). */
type OrderRow = readonly [string | undefined, string, number, number | null];

const paidOrders = ({ found, connectionIds }: StepOutcome): OrderRow[] =>
  (found?.contents ?? []).flatMap(({ paid, orderExternalId, updatedAt }) =>
    paid ? [[connectionIds[0], orderExternalId, updatedAt, updatedAt]] : [],
  );

const deliveredOrders = ({ found, connectionIds }: StepOutcome): OrderRow[] =>
  (found?.contents ?? []).flatMap(({ deliveredAt, orderExternalId, updatedAt }) =>
    deliveredAt === null ? [] : [[connectionIds[0], orderExternalId, deliveredAt, updatedAt]],
  );

const deliveredSince = ({ found, connectionIds }: StepOutcome): OrderRow[] =>
  (found?.parcels ?? []).flatMap(({ deliveredAt, orderExternalId }) =>
    deliveredAt === null ? [] : [[connectionIds[0], orderExternalId, deliveredAt, null]],
  );

const cancelledOrders = ({ found, connectionIds }: StepOutcome): OrderRow[] =>
  (found?.orders ?? []).flatMap(({ cancelledAt, externalId, updatedAt }) =>
    cancelledAt === undefined ? [] : [[connectionIds[0], externalId, cancelledAt, updatedAt]],
  );

const ofRow = sql.raw("tenant_id = r.tenant_id and s.connection_id = j.value->>0 and s.external_id = j.value->>1");
const notOlder = sql.raw("(j.value->>3 is null or s.updated_at <= j.value->>3)");
const wasUnpaid = sql`select s.paid is 0 and ${notOlder} from order_contents s where s.${ofRow}`;
const wasUndelivered = sql`select s.delivered_at is null and ${notOlder} from order_contents s where s.${ofRow}`;
const wasStanding = sql`select s.cancelled_at is null and ${notOlder} from orders s where s.${ofRow}`;
/** Whether the job has once read all that there was. */
const hasRead = sql`exists (select 1 from ${schedules} s where s.tenant_id = r.tenant_id and s.job = r.job and s.last_success_at is not null)`;

interface OfOrders {
  kind: OccurrenceKind;
  rowsOf(outcome: StepOutcome): OrderRow[];
  /** Whether it was not so before; nothing where the order was not known. */
  became: SQL;
}

function noteOrders({ db, now, rows, held }: Parameters<WriteRows>[0], { kind, rowsOf, became }: OfOrders): ReturnType<WriteRows> {
  return rows((outcome) => rowsOf(outcome).filter(([, , at]) => isRecent(at, now))).map((json) =>
    db
      .insert(occurrences)
      .select(
        sql`select null, r.tenant_id, j.value->>0, ${kind}, 'order:' || (j.value->>1), j.value->>1, j.value->>2, ${now}, '{}' ${held(json)}
          and ${mayAct(sql`r.tenant_id`)} and ${notDeleted({ ...ownerOfRow, externalId: sql`j.value->>1` })} and coalesce((${became}), ${hasRead})`,
      )
      .onConflictDoNothing(),
  );
}

const isRecent = (at: number, now: number): boolean => at >= now - recentMs;

/** A variant that costs something else than it did, in the same currency. */
const notePrices: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.products ?? [])
      .filter(({ updatedAt }) => isRecent(updatedAt, now))
      .flatMap(({ externalId, updatedAt, variants }) =>
        variants.map((each) => [connectionIds[0], externalId, updatedAt, each.externalId, each.priceMinor, each.currency]),
      ),
  ).map((json) =>
    db
      .insert(occurrences)
      .select(
        sql`select null, r.tenant_id, j.value->>0, 'price_changed', 'variant:' || (j.value->>3), null, j.value->>2, ${now},
          json_object('product', j.value->>1, 'wasMinor', v.price_minor, 'isMinor', j.value->>4, 'currency', v.currency) ${held(
            json,
            sql`cross join variants v on v.tenant_id = r.tenant_id and v.connection_id = j.value->>0 and v.external_id = j.value->>3`,
          )}
          and ${mayAct(sql`r.tenant_id`)} and v.price_minor <> j.value->>4 and v.currency = j.value->>5 and v.updated_at <= j.value->>2`,
      )
      .onConflictDoNothing(),
  );

/** Jobs that hear of what was found just now are due. */
export const wakeHearers: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found }) => ((found?.orders ?? found?.contents ?? found?.parcels ?? found?.products) ? [[1]] : [])).map((json) =>
    db
      .update(schedules)
      .set({ nextAt: now })
      .where(
        sql`(tenant_id, job) in (select r.tenant_id, s.job ${held(
          json,
          sql`cross join ${schedules} s on s.tenant_id = r.tenant_id and s.job in (${hearersAt(sql`r.tenant_id`, now)})`,
        )}) and +${schedules.nextAt} > ${now}`,
      ),
  );
