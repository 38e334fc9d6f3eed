import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, tenantId } from "#db/columns.ts";

/** How near an account came to what its provider lets it call: the last minute in which half of a limit was used, or somebody waited. */
export const rateUses = sqliteTable(
  "rate_uses",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    /** The provider's limit, by our own name of it. */
    limit: text().notNull(),
    /** Of what a minute gives, 0 to 1. */
    share: real().notNull(),
    /** How often calls had to wait. */
    waits: integer().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.limit] })],
);
