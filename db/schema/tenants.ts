import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { locales } from "#db/words/locales.ts";
import type { Place } from "#db/words/places.ts";
import type { Features } from "#db/words/tenants.ts";
import { planNames, tenantStatuses, verticals } from "#db/words/tenants.ts";

/** The agency's own clients, which may lend accounts. Word for word the condition of their index: SQLite sees no bound value there. */
export const isAgency = sql`vertical = 'agency'`;

/** A client of the agency. Its id is a slug that people see in URLs. */
export const tenants = sqliteTable(
  "tenants",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    vertical: text({ enum: verticals }).notNull(),
    plan: text({ enum: planNames }).notNull(),
    status: text({ enum: tenantStatuses }).notNull(),
    locale: text({ enum: locales }).notNull(),
    currency: text().notNull(),
    timezone: text().notNull(),
    /** Whether a person chose them; until then the first account that says its own decides. */
    currencyChosen: integer({ mode: "boolean" }).notNull().default(false),
    timezoneChosen: integer({ mode: "boolean" }).notNull().default(false),
    /** Whom to write to there, as the account that the client was made from said it. */
    contactName: text(),
    contactEmail: text(),
    /** The account that the client was made from (`klaviyo:AcmeG1`): two consents for it at once make one client. */
    origin: text(),
    /** How it came: `manual`, `script`, or the provider whose account it was made from. */
    source: text().notNull().default("manual"),
    /** The agency's own words to file it under. */
    tags: json<string[]>().notNull().default([]),
    /** Job id -> whether the tenant wants it; what is absent is on. */
    features: json<Features>().notNull(),
    /** Automations whose policy is not off, for the schedules, which follow from it. What the policy is stands in the client's own D1. */
    automations: json<string[]>().notNull().default([]),
    createdAt: instant().notNull(),
    /** When something of this record was last changed. */
    updatedAt: instant().notNull().default(0),
    lastActivityAt: instant(),
    /** When all that it has will be erased; its jobs stand still until then. Null for a client that stays. */
    endsAt: instant(),
    /** Fingerprint of the job registry that the schedules were last made from; another one means: make them anew. */
    catalog: text().notNull().default(""),
    /** Whether an account was ever lent to it: nobody else's loans are looked for. */
    borrows: integer({ mode: "boolean" }).notNull().default(false),
    /** In which D1 its rows are, but for the directory's. */
    place: text().$type<Place>().notNull().default("DB"),
  },
  (t) => [
    index("tenants_created").on(t.createdAt, t.id),
    index("tenants_status").on(t.status, t.createdAt, t.id),
    index("tenants_catalog").on(t.catalog),
    uniqueIndex("tenants_origin").on(t.origin),
    index("tenants_agency").on(t.name).where(isAgency),
    known(t.vertical),
    known(t.plan),
    known(t.status),
  ],
);

/**
 * Which row of `client_search` is a client's, and whether the name that it has is in there. `client_search` is a virtual table (FTS5
 * over triples of letters, without the text itself) that the schema cannot say; it and the triggers stand in the migrations that made
 * them. A client that is new, has another name or other members is marked by a trigger as not known, whoever wrote it, and
 * domain/tenancy/search-names.ts takes it in; a row that goes takes its row of the index with it.
 */
export const clientNames = sqliteTable(
  "client_names",
  { n: integer().primaryKey(), tenantId: tenantId().unique(), known: integer({ mode: "boolean" }).notNull().default(false) },
  (t) => [index("client_names_unknown").on(t.n).where(sql`known = 0`)],
);

/** How many clients there are of each status: triggers keep it, whoever writes, so that no page counts the fleet. */
export const clientTotals = sqliteTable(
  "client_totals",
  { status: text({ enum: tenantStatuses }).primaryKey(), clients: integer().notNull() },
  (t) => [known(t.status)],
);

/** What clients have who are taken in without more said: one row, once an admin has said it. */
export const agencyDefaults = sqliteTable(
  "agency_defaults",
  {
    /** Always 1. */
    id: integer().primaryKey(),
    plan: text({ enum: planNames }).notNull(),
    locale: text({ enum: locales }).notNull(),
    /** Until their shop says its own. */
    currency: text().notNull(),
    timezone: text().notNull(),
  },
  (t) => [known(t.plan)],
);
