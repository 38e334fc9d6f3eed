import { sql } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, known } from "#db/columns.ts";
import { incidentKinds } from "#db/words/incidents.ts";

/**
 * A wave of failures at one provider, over all tenants: one row for the admin instead of a thousand alarms. Or a provider that an
 * admin switched off: its jobs wait in the same way.
 */
export const incidents = sqliteTable(
  "incidents",
  {
    id: text().primaryKey(),
    provider: text().notNull(),
    kind: text({ enum: incidentKinds }).notNull(),
    openedAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    closedAt: instant(),
    /** At its widest: tenants that failed, of those that use the provider. */
    tenantsFailing: integer().notNull(),
    tenantsUsing: integer().notNull(),
  },
  (t) => [uniqueIndex("incidents_open").on(t.provider).where(sql`closed_at is null`), known(t.kind)],
);

/** A version of a provider's API that we still spoke after its end: staff were told of it, once. */
export const retiredVersions = sqliteTable(
  "retired_versions",
  { provider: text().notNull(), version: text().notNull(), noticedAt: instant().notNull() },
  (t) => [primaryKey({ columns: [t.provider, t.version] })],
);
