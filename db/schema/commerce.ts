import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, tenantId } from "#db/columns.ts";

/** Orders of a connected shop. Amounts in minor units of `currency`; `day` in the shop's timezone. */
export const orders = sqliteTable(
  "orders",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    /** The shop's id of the customer; null for a guest. */
    customerId: text(),
    placedAt: instant().notNull(),
    day: text().notNull(),
    grossMinor: integer().notNull(),
    currency: text().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    // Both hold all that their questions ask for, so that a year of orders is answered without touching the rows.
    index("orders_day").on(t.tenantId, t.day, t.currency, t.grossMinor),
    index("orders_customer").on(t.tenantId, t.customerId, t.placedAt, t.day),
  ],
);

/** Money given back on an order, on the day it was given back. */
export const refunds = sqliteTable(
  "refunds",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    orderExternalId: text().notNull(),
    refundedAt: instant().notNull(),
    day: text().notNull(),
    amountMinor: integer().notNull(),
    currency: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    index("refunds_day").on(t.tenantId, t.day, t.currency, t.amountMinor),
  ],
);
