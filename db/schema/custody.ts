import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { ExportStatus } from "#server/domain/custody/schemas.ts";

/** One admin asks to see one secret, another one allows it; for five minutes the first one may. */
export const reveals = sqliteTable(
  "reveals",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    connectionId: text().notNull(),
    field: text().notNull(),
    reason: text().notNull(),
    requestedBy: text().notNull(),
    requestedAt: instant().notNull(),
    approvedBy: text(),
    approvedAt: instant(),
    /** Of the request while it waits, of the permission once it is given. */
    expiresAt: instant().notNull(),
    shownAt: instant(),
    deniedAt: instant(),
  },
  (t) => [index("reveals_tenant").on(t.tenantId, t.id), index("reveals_expiry").on(t.expiresAt)],
);

/** A zip of all that a tenant has, made in the background. Never a secret in it. */
export const dataExports = sqliteTable(
  "data_exports",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    requestedBy: text().notNull(),
    requestedAt: instant().notNull(),
    status: text().$type<ExportStatus>().notNull(),
    sentAt: instant(),
    attempts: integer().notNull().default(0),
    doneAt: instant(),
    expiresAt: instant().notNull(),
    bytes: integer(),
    /** Table -> rows. */
    contents: json<Record<string, number>>(),
  },
  (t) => [index("data_exports_tenant").on(t.tenantId, t.id), index("data_exports_expiry").on(t.expiresAt)],
);

/** The bytes of an export, in pieces that fit a row. */
export const exportChunks = sqliteTable(
  "export_chunks",
  { tenantId: tenantId(), exportId: text().notNull(), seq: integer().notNull(), bytes: blob({ mode: "buffer" }).notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.exportId, t.seq] })],
);

/**
 * The end of a client: asked for, then a time of grace, then the data key is destroyed and the rows are erased. The receipt
 * outlives the tenant, so it is in the directory.
 */
export const deletions = sqliteTable(
  "deletions",
  {
    id: text().primaryKey(),
    ofTenant: text().notNull(),
    tenantName: text().notNull(),
    requestedBy: text().notNull(),
    requestedAt: instant().notNull(),
    reason: text().notNull(),
    dueAt: instant().notNull(),
    cancelledAt: instant(),
    cancelledBy: text(),
    /** When the data key was destroyed: from here on nothing of the vault opens again. */
    keyDestroyedAt: instant(),
    doneAt: instant(),
    /** Table -> rows erased. */
    receipt: json<Record<string, number>>(),
  },
  (t) => [index("deletions_tenant").on(t.ofTenant, t.id), index("deletions_due").on(t.dueAt)],
);
