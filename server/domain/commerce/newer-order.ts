import { sql } from "drizzle-orm";
import { orders } from "#db/schema/index.ts";

/** What becomes of an order that is there already: pages and events come out of order, and what is older says nothing new. */
export const newerOrder = {
  target: [orders.tenantId, orders.connectionId, orders.externalId],
  set: {
    customerId: sql`excluded.customer_id`,
    placedAt: sql`excluded.placed_at`,
    // The day that it was counted on, though the shop has another time zone since.
    day: sql`case ${orders.placedAt} when excluded.placed_at then ${orders.day} else excluded.day end`,
    grossMinor: sql`excluded.gross_minor`,
    currency: sql`excluded.currency`,
    updatedAt: sql`excluded.updated_at`,
    cancelledAt: sql`excluded.cancelled_at`,
  },
  setWhere: sql`excluded.updated_at >= ${orders.updatedAt}`,
};
