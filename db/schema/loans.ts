import { sql } from "drizzle-orm";
import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, tenantId } from "#db/columns.ts";

/**
 * An account of the agency's own, held by a client of vertical `agency`, that another client's jobs may read. `tenantId` is the borrower's.
 * All of them are at the directory; at one provider a client borrows one account at a time.
 */
export const loans = sqliteTable(
  "loans",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    lenderId: text().notNull(),
    connectionId: text().notNull(),
    provider: text().notNull(),
    lentBy: text().notNull(),
    lentAt: instant().notNull(),
    endedAt: instant(),
  },
  (t) => [
    uniqueIndex("loans_open").on(t.tenantId, t.provider).where(sql`ended_at is null`),
    index("loans_tenant").on(t.tenantId, t.id),
    index("loans_lender").on(t.lenderId, t.id),
  ],
);
