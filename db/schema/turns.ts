import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, known, tenantId } from "#db/columns.ts";
import { turnQueues } from "#db/words/turns.ts";

/**
 * A client's turn at a queue: a client stands in it once, however much of its work is due. No index on `at`: it would cost two rows
 * written a turn, and the sweep, once a minute, has two rows a client to read.
 */
export const turns = sqliteTable(
  "turns",
  {
    tenantId: tenantId(),
    queue: text({ enum: turnQueues }).notNull(),
    /** Which turn it is: a message of an earlier one works what is due, and is followed by none. */
    number: integer().notNull(),
    /** When it began, or is to begin; null while nothing is due. */
    at: instant(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.queue] }), known(t.queue)],
);
