import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenantId } from "#db/columns.ts";
import { costKinds } from "#db/words/costs.ts";

/** What a client cost on a day: added to in the same batch as the write that it is of. `tenantId` "" is the agency's own. */
export const costs = sqliteTable(
  "costs",
  {
    tenantId: tenantId(),
    /** YYYY-MM-DD in UTC, as bills are counted. */
    day: text().notNull(),
    kind: text({ enum: costKinds }).notNull(),
    /** ISO 4217 where the kind is money; "" for all others. */
    currency: text().notNull().default(""),
    /** Whole units of the kind; minor units of the currency where it is money. */
    quantity: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.day, t.kind, t.currency] })],
);
