import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";

/** Who did what, when, from where. Rows are only ever added. `tenantId` is "" for what concerns no tenant. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text().primaryKey(),
    at: instant().notNull(),
    tenantId: tenantId(),
    actorType: text().$type<"user" | "staff" | "system" | "anonymous">().notNull(),
    actorId: text(),
    action: text().notNull(),
    details: json<Record<string, unknown>>().notNull(),
    ip: text(),
  },
  // Ids sort by time, so that a page of the log is a range of ids.
  (t) => [
    index("audit_log_tenant").on(t.tenantId, t.id),
    index("audit_log_action").on(t.action, t.id),
    index("audit_log_actor").on(t.actorId, t.id),
  ],
);
