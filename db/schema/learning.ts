import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { type Change, findingKinds, findingStates } from "#db/words/learning.ts";

/**
 * What was found of an automation of a client. It holds counts, and no word about an action: what people said stands at the actions and is
 * read from there, so that it goes with them. The one wording that may stand here, in `proposal`, is the one that people gave to several
 * subjects alike, and that a setting takes.
 */
export const findings = sqliteTable(
  "findings",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    automation: text().notNull(),
    kind: text({ enum: findingKinds }).notNull(),
    /** Of edits `kind:field`, of failures their kind, of budgets which one; else empty. */
    what: text().notNull(),
    status: text({ enum: findingStates }).notNull(),
    /** So many of so many, over the days that are looked at. */
    hits: integer().notNull(),
    of: integer().notNull(),
    proposal: json<Change>(),
    foundAt: instant().notNull(),
    measuredAt: instant().notNull(),
    /** Until when it is snoozed. */
    until: instant(),
    decidedBy: text(),
    decidedAt: instant(),
    /** Why it was declined. */
    note: text(),
    /** The share as it was declined: what is markedly worse is worse than this. */
    declinedShare: real(),
    /** What was last accepted, and when: what is measured before and since. */
    accepted: json<Change>(),
    acceptedAt: instant(),
  },
  (t) => [
    uniqueIndex("findings_one").on(t.tenantId, t.automation, t.kind, t.what),
    index("findings_status").on(t.status, t.id),
    // Word for word the condition of the waking.
    index("findings_snoozed").on(t.until).where(sql`status = 'snoozed'`),
    known(t.kind),
    known(t.status),
  ],
);
