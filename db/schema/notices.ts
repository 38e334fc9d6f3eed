import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { NoticeChoices, NoticeParams } from "#db/words/notices.ts";
import { noticeKinds } from "#db/words/notices.ts";

/**
 * What one person was told: one row a person and notice. A client's stand in its own D1, the agency's own (`tenantId` "") at the directory.
 * A later event of the same subject takes the place of the earlier one, which is resolved.
 */
export const notices = sqliteTable(
  "notices",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    userId: text().notNull(),
    kind: text({ enum: noticeKinds }).notNull(),
    /** The id of what it is about: a connection, an incident, a request; of a version the provider and the version. */
    subject: text().notNull(),
    /** Tells it from others about the same subject: nobody is told the same event twice. */
    event: text().notNull(),
    params: json<NoticeParams>().notNull(),
    /** Whether the portal shows it; a person may want the mail alone. */
    shown: integer({ mode: "boolean" }).notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
    /** Since when its cause is gone, or a later notice says more. */
    resolvedAt: instant(),
    /** When its mail is due that waits for the end of quiet hours, for the day's digest, or for the queue to take mail again. */
    mailDueAt: instant(),
    /** The queue's message of the mail that waits; null where it goes into the digest. */
    mail: json<unknown>(),
    /** The digest that it went into. */
    digestAt: instant(),
    mailedAt: instant(),
  },
  (t) => [
    uniqueIndex("notices_told").on(t.tenantId, t.userId, t.kind, t.subject, t.event),
    index("notices_own").on(t.tenantId, t.userId, t.id),
    index("notices_unread").on(t.tenantId, t.userId).where(sql`read_at is null and resolved_at is null and shown = 1`),
    index("notices_open").on(t.tenantId, t.subject).where(sql`resolved_at is null`),
    index("notices_mail_due").on(t.mailDueAt).where(sql`mail_due_at is not null`),
    index("notices_age").on(t.createdAt),
  ],
);

/** How a person wants to be told. Who changed nothing has no row. */
export const noticePreferences = sqliteTable("notice_preferences", {
  userId: text().primaryKey(),
  choices: json<NoticeChoices>().notNull(),
  /** HH:MM by the person's own clock: no mail about a notice goes out from then on; null: at any hour. */
  quietFrom: text(),
  quietTo: text(),
});
