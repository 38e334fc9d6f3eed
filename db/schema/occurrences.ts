import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { OccurrenceFacts, OccurrenceKind } from "#db/words/occurrences.ts";

/**
 * What happened, for the automations that hear of it; a row is never changed, and goes after two weeks. D1 writes one batch after the
 * other, so that whoever has read up to a `seq` misses nothing that is written later. Without a CHECK of `kind`, since its list grows.
 */
export const occurrences = sqliteTable(
  "occurrences",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    tenantId: tenantId(),
    /** The account that it happened at. */
    connectionId: text().notNull(),
    kind: text().$type<OccurrenceKind>().notNull(),
    /** `order:…`, `variant:…` by the shop's id, `connection:…` by ours. */
    subject: text().notNull(),
    /** The order that it is about; null where it is about none. */
    orderId: text(),
    /** When it happened, as the provider says. */
    at: instant().notNull(),
    /** When we found it. */
    noticedAt: instant().notNull(),
    facts: json<OccurrenceFacts[OccurrenceKind]>().notNull(),
  },
  (t) => [
    uniqueIndex("occurrences_once").on(t.tenantId, t.connectionId, t.subject, t.kind, t.at),
    index("occurrences_heard").on(t.tenantId, t.seq),
    index("occurrences_noticed").on(t.noticedAt, t.tenantId),
  ],
);
