import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";

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
    /** When it was cancelled; null for one that stands. What was cancelled is no purchase. */
    cancelledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    // All hold all that their questions ask for, so that a year of orders is answered without touching the rows.
    index("orders_day").on(t.tenantId, t.connectionId, t.day, t.currency, t.grossMinor),
    index("orders_customer").on(t.tenantId, t.connectionId, t.customerId, t.placedAt, t.day, t.cancelledAt),
    index("orders_placed").on(t.tenantId, t.connectionId, t.placedAt, t.day, t.currency),
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
    index("refunds_day").on(t.tenantId, t.connectionId, t.day, t.currency, t.amountMinor),
    // What goes with an order that is deleted.
    index("refunds_order").on(t.tenantId, t.connectionId, t.orderExternalId),
  ],
);

/** Orders that the shop has deleted: a page that was read before, or an event that comes late, does not bring them back. */
export const deletedOrders = sqliteTable(
  "deleted_orders",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    deletedAt: instant().notNull(),
    /** The days that it and its refunds were counted on: they are measured anew. */
    days: json<string[]>().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }), index("deleted_orders_at").on(t.tenantId, t.deletedAt)],
);
