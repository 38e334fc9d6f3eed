import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, known, tenantId } from "#db/columns.ts";
import { type RefusalReason, referralStates } from "#db/words/referrals.ts";

/** Codes that customers of a shop were to be given for their friends, each with the action that makes it. */
export const referralCodes = sqliteTable(
  "referral_codes",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    /** In capitals: a buyer types it as they like. */
    code: text().notNull(),
    customerId: text().notNull(),
    endsAt: instant().notNull(),
    actionId: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.code] }),
    index("referral_codes_customer").on(t.tenantId, t.connectionId, t.customerId, t.endsAt),
  ],
);

/** Orders that were placed with such a code, a row each: whose code it was, who used it, and what became of it. */
export const referrals = sqliteTable(
  "referrals",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    orderId: text().notNull(),
    code: text().notNull(),
    /** The code's owner, and the buyer; null for a guest. */
    referrerId: text().notNull(),
    friendId: text(),
    placedAt: instant().notNull(),
    /** What the order came to, in minor units of `currency`. */
    valueMinor: integer().notNull(),
    currency: text().notNull(),
    state: text({ enum: referralStates }).notNull(),
    /** Without a CHECK, since the list grows. */
    reason: text().$type<RefusalReason>(),
    judgedAt: instant(),
    /** Of a rewarded one where the order went, or who was written to where it went nowhere, as HMAC-SHA-256 by a key of the client's own; null where that was not told. */
    household: text(),
    /** The action that rewards it. */
    actionId: text(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.orderId] }),
    index("referrals_referrer").on(t.tenantId, t.connectionId, t.referrerId, t.state, t.placedAt),
    index("referrals_friend").on(t.tenantId, t.connectionId, t.friendId, t.state),
    // Word for word the condition of what is judged.
    index("referrals_open").on(t.tenantId, t.connectionId, t.placedAt, t.orderId).where(sql`state = 'found'`),
    known(t.state),
  ],
);
