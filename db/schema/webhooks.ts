import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { deliveryReasons, deliveryStatuses, privacyKinds } from "#db/words/webhooks.ts";

/**
 * One event of a provider for one tenant's connection, or a delivery that was refused or is nobody's (`tenantId` ""), of which
 * nothing is kept but that it came.
 */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    /** "" where it is nobody's. */
    connectionId: text().notNull().default(""),
    /** The provider's own id of the event: it comes more than once. */
    eventKey: text().notNull(),
    topic: text().notNull(),
    /** The provider's id of the account that it is about. */
    account: text(),
    receivedAt: instant().notNull(),
    /** When the provider says that it happened. */
    occurredAt: instant(),
    status: text({ enum: deliveryStatuses }).notNull(),
    /** Why it was refused, ignored or failed; the words are in the catalogues of the portal. */
    reason: text({ enum: deliveryReasons }),
    /** What it said, sealed under the tenant's data key; destroyed after a while, or as soon as a privacy request is met. */
    sealed: text(),
    /** What may be in it (`keptForm` in domain/webhooks/payload.ts): where less is kept today, it is destroyed. */
    sealedForm: integer().notNull().default(0),
    attempts: integer().notNull().default(0),
    /** When a message was last sent for it: what lies well behind this was lost. */
    sentAt: instant(),
    workedAt: instant(),
    /** The request that brought it. */
    requestId: text(),
  },
  (t) => [
    uniqueIndex("webhook_deliveries_once").on(t.provider, t.eventKey, t.tenantId, t.connectionId).where(sql`status <> 'refused'`),
    index("webhook_deliveries_open").on(t.status, t.sentAt).where(sql`status = 'received'`),
    index("webhook_deliveries_provider").on(t.provider, t.id),
    index("webhook_deliveries_status").on(t.status, t.id),
    index("webhook_deliveries_kept").on(t.id).where(sql`sealed is not null`),
    index("webhook_deliveries_form").on(t.sealedForm).where(sql`sealed is not null`),
    index("webhook_deliveries_request").on(t.requestId).where(sql`request_id is not null`),
    index("webhook_deliveries_tenant").on(t.tenantId, t.id),
    known(t.status),
  ],
);

/** What a person (or a shop's end) asked of us through a provider, and the proof of what was done. */
export const privacyRequests = sqliteTable(
  "privacy_requests",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    connectionId: text().notNull().default(""),
    /** The delivery that asked for it. */
    deliveryId: text().notNull(),
    kind: text({ enum: privacyKinds }).notNull(),
    /** The provider's id of the person or shop. */
    subject: text().notNull(),
    /** The shop's ids of orders that it named beside the person; of one who was forgotten also of those that were found to be theirs. */
    orders: json<string[]>().notNull().default([]),
    /** What a person may look it up by, without signing in, where the provider wants that; the same for all tenants that it is about. */
    code: text(),
    receivedAt: instant().notNull(),
    doneAt: instant(),
    /** What was found, exported or erased: table -> rows. */
    report: json<Record<string, number>>(),
  },
  (t) => [
    index("privacy_requests_tenant").on(t.tenantId, t.id),
    index("privacy_requests_code").on(t.code),
    uniqueIndex("privacy_requests_delivery").on(t.deliveryId),
    index("privacy_requests_subject").on(t.tenantId, t.connectionId, t.kind, t.subject),
    // An order that is read is held against these alone: most requests name none.
    index("privacy_requests_orders").on(t.tenantId, t.connectionId).where(sql`orders <> '[]'`),
    known(t.kind),
  ],
);
