import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { customerSegments } from "#db/words/customer-base.ts";
import { catalogParts, type SyncFacts } from "#db/words/syncs.ts";

/** What an automation keeps in step at an account, a row a list or a catalog, as it was when last compared. */
export const syncs = sqliteTable(
  "syncs",
  {
    tenantId: tenantId(),
    /** The shop, and the account at which it is kept in step. */
    connectionId: text().notNull(),
    accountId: text().notNull(),
    automation: text().notNull(),
    /** A segment, `catalog` or `coupon`. */
    what: text().notNull(),
    facts: json<SyncFacts>().notNull(),
    comparedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.accountId, t.automation, t.what] })],
);

/**
 * Who was put on a list for a segment, by the provider's id of their profile. Of a customer who was forgotten that id alone is left, until they are
 * off the list.
 */
export const listMembers = sqliteTable(
  "list_members",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    accountId: text().notNull(),
    segment: text({ enum: customerSegments }).notNull(),
    profileId: text().notNull(),
    customerId: text(),
    /** The actions that put them there, and take them off; null where nothing does. */
    putBy: text(),
    takenBy: text(),
    /** When a comparison last found them there. */
    seenAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.accountId, t.segment, t.profileId] }),
    index("list_members_customer").on(t.tenantId, t.connectionId, t.customerId),
    known(t.segment),
  ],
);

/** What of a shop's products was sent to a catalog, a row a product and one a variant. */
export const catalogRows = sqliteTable(
  "catalog_rows",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    accountId: text().notNull(),
    part: text({ enum: catalogParts }).notNull(),
    /** The shop's ids; the product's also of a variant. */
    externalId: text().notNull(),
    productId: text().notNull(),
    /** What was last sent; empty for what is no longer sold. */
    sent: text().notNull(),
    /** The action that sends it. */
    sentBy: text().notNull(),
    /** Whether it was said to be gone. */
    isGone: integer({ mode: "boolean" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.accountId, t.part, t.externalId] }),
    index("catalog_rows_product").on(t.tenantId, t.connectionId, t.accountId, t.productId),
    known(t.part),
  ],
);
