import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { locales, type Saying } from "#db/words/locales.ts";
import { mailFates, mailKinds } from "#db/words/mail.ts";
import { requestDecisions } from "#db/words/requests.ts";
import { type Hint, roles } from "#db/words/tenants.ts";

/** A person. `staff` is an admin of the whole agency, outside the tenants. */
export const users = sqliteTable(
  "users",
  {
    id: text().primaryKey(),
    email: text().notNull().unique(),
    name: text().notNull().default(""),
    locale: text({ enum: locales }).notNull().default("en"),
    timezone: text().notNull().default("UTC"),
    staff: integer({ mode: "boolean" }).notNull().default(false),
    /**
     * Whether they are staff or ever were: what they did for the agency stays the agency's, so that clients read no name there. Set by
     * the triggers `users_hired` and `users_made_staff`, whoever writes `staff`, and never taken away.
     */
    wasStaff: integer({ mode: "boolean" }).notNull().default(false),
    /** First proof of the mailbox; sessions older than it are ended. */
    provenAt: instant(),
    onboardedAt: instant(),
    createdAt: instant().notNull(),
  },
  (t) => [index("users_staff").on(t.staff)],
);

/** A signed-in browser. Only the hash of its token is kept. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text().primaryKey(),
    tokenHash: text().notNull().unique(),
    userId: text().notNull(),
    ip: text().notNull(),
    userAgent: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [index("sessions_user").on(t.userId), index("sessions_expiry").on(t.expiresAt)],
);

/**
 * A sign-in that waits for its proof. Token and code are derived from the id with a server key when the mail is
 * written, so that neither is stored nor queued.
 */
export const magicLinks = sqliteTable(
  "magic_links",
  {
    id: text().primaryKey(),
    tokenHash: text().notNull().unique(),
    codeHash: text().notNull(),
    email: text().notNull(),
    locale: text({ enum: locales }).notNull(),
    /** Where the person was going: a path of ours, checked when it was stored. */
    returnTo: text(),
    codeTries: integer().notNull().default(0),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    consumedAt: instant(),
    /** Since when its mail waits for the cron; null where it went out, or goes out at once. */
    mailDueAt: instant(),
  },
  (t) => [index("magic_links_expiry").on(t.expiresAt), index("magic_links_mail").on(t.mailDueAt).where(sql`mail_due_at is not null`)],
);

export const memberships = sqliteTable(
  "memberships",
  {
    userId: text().notNull(),
    tenantId: tenantId(),
    role: text({ enum: roles }).notNull(),
    createdAt: instant().notNull(),
    /** What this person does not want to be told again in this client. */
    dismissed: json<Hint[]>().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.userId, t.tenantId] }), index("memberships_tenant").on(t.tenantId), known(t.role)],
);

export const invitations = sqliteTable(
  "invitations",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    email: text().notNull(),
    role: text({ enum: roles }).notNull(),
    /** The language that its mail and page are in; null where nobody chose one. */
    locale: text({ enum: locales }),
    invitedBy: text().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    revokedAt: instant(),
  },
  (t) => [index("invitations_tenant").on(t.tenantId), index("invitations_email").on(t.email), known(t.role)],
);

/** Somebody who asked for a workspace, until an admin decides; forgotten some weeks later, see domain/clients/forget-requests.ts. */
export const workspaceRequests = sqliteTable(
  "workspace_requests",
  {
    id: text().primaryKey(),
    email: text().notNull(),
    company: text().notNull(),
    locale: text({ enum: locales }).notNull(),
    createdAt: instant().notNull(),
    decision: text({ enum: requestDecisions }),
    decidedAt: instant(),
    decidedBy: text(),
    /** The client that was made of it. */
    ofTenant: text(),
  },
  (t) => [
    // One that waits for each address, however often it is asked for.
    uniqueIndex("workspace_requests_waiting").on(t.email).where(sql`decision is null`),
    index("workspace_requests_created").on(t.createdAt),
    known(t.decision),
  ],
);

/** Mails that reached nobody for certain: whom, which kind, and the words of who did not take it. Bounded, see domain/mail/deliver.ts. */
export const undeliveredMails = sqliteTable(
  "undelivered_mails",
  {
    /** The mail's own id, which stays the same for all tries: an invitation's is the invitation's. */
    id: text().primaryKey(),
    kind: text({ enum: mailKinds }).notNull(),
    ofTenant: text(),
    recipient: text().notNull(),
    fate: text({ enum: mailFates }).notNull(),
    /** A code of `mailCodes`; with no params it is text of before there were codes. */
    reason: text().notNull(),
    reasonParams: json<Saying["params"]>(),
    at: instant().notNull(),
  },
  (t) => [index("undelivered_mails_at").on(t.at), known(t.fate)],
);

/** One row a key (an IP, an address) and window; counted by an upsert, so that the limit holds across isolates. */
export const rateLimits = sqliteTable(
  "rate_limits",
  { key: text().primaryKey(), count: integer().notNull(), resetAt: instant().notNull() },
  (t) => [index("rate_limits_reset").on(t.resetAt)],
);

/** What the `log` transport "sent": development only, shown at /dev/outbox. */
export const devMails = sqliteTable("dev_mails", {
  id: text().primaryKey(),
  at: instant().notNull(),
  recipient: text().notNull(),
  subject: text().notNull(),
  text: text().notNull(),
  html: text().notNull(),
});
