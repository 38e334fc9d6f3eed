import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { actorTypes } from "#db/words/audit.ts";

/** The end of each tenant's chain, written with its last line: a tail that was cut off is missed, and the next line finds its place. */
export const auditHeads = sqliteTable("audit_heads", {
  tenantId: tenantId().primaryKey(),
  seq: integer().notNull(),
  hash: text().notNull(),
});

/**
 * Who did what, when, from where. Rows are only ever added, and each names the hash of the one before it in its tenant's chain.
 * `tenantId` is "" for what concerns no tenant.
 */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text().primaryKey(),
    at: instant().notNull(),
    tenantId: tenantId(),
    actorType: text({ enum: actorTypes }).notNull(),
    actorId: text(),
    action: text().notNull(),
    details: json<Record<string, unknown>>().notNull(),
    ip: text(),
    /** The request or job in which it was done: to find its line in the Worker's log by. No part of the hash, so that it proves nothing. */
    requestId: text(),
    /** Place in the tenant's chain, from 1; null for lines older than the chain, and for those that wait for their place. */
    seq: integer(),
    /** SHA-256 over the hash before it and this line, see domain/audit/chain.ts; over "" and this line while it waits. */
    hash: text(),
  },
  // Ids sort by time, so that a page of the log is a range of ids.
  (t) => [
    index("audit_log_tenant").on(t.tenantId, t.id),
    index("audit_log_action").on(t.action, t.id),
    uniqueIndex("audit_log_chain").on(t.tenantId, t.seq),
    index("audit_log_request").on(t.requestId).where(sql`request_id is not null`),
    index("audit_log_actor").on(t.actorId, t.id),
    index("audit_log_waiting").on(t.tenantId, t.id).where(sql`seq is null and hash is not null`),
    known(t.actorType),
  ],
);
