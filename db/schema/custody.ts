import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import type { DeletionReceipt, ExportProgress } from "#db/words/custody.ts";
import { exportStatuses } from "#db/words/custody.ts";

/** One admin asks to see one secret, another one allows it; for five minutes the first one may. */
export const reveals = sqliteTable(
  "reveals",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    connectionId: text().notNull(),
    field: text().notNull(),
    /** Which secret was in that place: how its sealed value begins (see domain/custody/seal-mark.ts). Another one voids the request. */
    sealMark: text().notNull().default(""),
    reason: text().notNull(),
    requestedBy: text().notNull(),
    requestedAt: instant().notNull(),
    approvedBy: text(),
    approvedAt: instant(),
    /** Of the request while it waits, of the permission once it is given. */
    expiresAt: instant().notNull(),
    shownAt: instant(),
    deniedAt: instant(),
    deniedBy: text(),
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
    status: text({ enum: exportStatuses }).notNull(),
    sentAt: instant(),
    /** Tries of the present step; one that is done sets it back to 0. */
    attempts: integer().notNull().default(0),
    /** Until when whoever makes it may be taken to be at work; they alone write, as long as this is their lease. */
    leaseUntil: instant(),
    /** Where the next step goes on from; null before the first and after the last. */
    progress: json<ExportProgress>(),
    doneAt: instant(),
    expiresAt: instant().notNull(),
    bytes: integer(),
    /** Table -> rows. */
    contents: json<Record<string, number>>(),
  },
  (t) => [
    index("data_exports_tenant").on(t.tenantId, t.id),
    index("data_exports_open").on(t.sentAt).where(sql`status = 'waiting'`),
    index("data_exports_expiry").on(t.expiresAt),
    known(t.status),
  ],
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
    /** When the time of grace was over and the work began: from here on it cannot be cancelled. */
    startedAt: instant(),
    /** When a message was last sent for it: what lies well behind this was lost. */
    sentAt: instant(),
    /** Until when whoever erases it may be taken to be at work; they alone write the receipt. */
    leaseUntil: instant(),
    /** When the data key was destroyed: from here on nothing of the vault opens again. */
    keyDestroyedAt: instant(),
    doneAt: instant(),
    receipt: json<DeletionReceipt>(),
  },
  (t) => [
    index("deletions_tenant").on(t.ofTenant, t.id),
    // One that stands a tenant: two who ask at once get the same.
    uniqueIndex("deletions_open").on(t.ofTenant).where(sql`cancelled_at is null`),
    index("deletions_due").on(t.dueAt).where(sql`cancelled_at is null and done_at is null`),
  ],
);
