import { sql } from "drizzle-orm";
import { customers } from "#db/schema/index.ts";
import { isForgotten } from "#server/domain/commerce/customer-of-order.ts";
import { ownerOfRow, type WriteRows } from "./writing.ts";

/** Customers as the shop says them, unless a newer state is here, or they asked to be forgotten since. */
export const writeCustomers: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.customers ?? []).map((c) => [
      connectionIds[0],
      c.externalId,
      c.orders,
      c.spentMinor,
      c.currency,
      c.mailConsent,
      c.smsConsent,
      c.createdAt,
      c.updatedAt,
    ]),
  ).map((json) =>
    db
      .insert(customers)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8 ${held(json)}
          and not ${isForgotten({ ...ownerOfRow, customerId: sql`j.value->>1`, updatedAt: sql`j.value->>8` })}`,
      )
      .onConflictDoUpdate({
        target: [customers.tenantId, customers.connectionId, customers.externalId],
        set: {
          orders: sql`excluded.orders`,
          spentMinor: sql`excluded.spent_minor`,
          currency: sql`excluded.currency`,
          mailConsent: sql`excluded.mail_consent`,
          smsConsent: sql`excluded.sms_consent`,
          createdAt: sql`excluded.created_at`,
          updatedAt: sql`excluded.updated_at`,
        },
        setWhere: sql`excluded.updated_at >= ${customers.updatedAt}`,
      }),
  );
