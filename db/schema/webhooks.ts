import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { DeliveryStatus, PrivacyKind } from "#server/domain/webhooks/schemas.ts";

/**
 * One event of a provider for one tenant's connection, or a delivery that was refused or is nobody's (`tenantId` ""). The body
 * is sealed with the tenant's data key and destroyed once it is worked off.
 */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    connectionId: text(),
    /** The provider's own id of the event: it comes more than once. */
    eventKey: text().notNull(),
    topic: text().notNull(),
    /** The provider's id of the account that it is about. */
    account: text(),
    receivedAt: instant().notNull(),
    /** When the provider says that it happened. */
    occurredAt: instant(),
    status: text().$type<DeliveryStatus>().notNull(),
    /** Why it was refused, ignored or failed: plain words for staff. */
    reason: text(),
    sealed: text(),
    attempts: integer().notNull().default(0),
    /** When a message was last sent for it: what lies well behind this was lost. */
    sentAt: instant(),
    workedAt: instant(),
  },
  (t) => [
    uniqueIndex("webhook_deliveries_once").on(t.provider, t.eventKey, t.tenantId, t.connectionId).where(sql`status <> 'refused'`),
    index("webhook_deliveries_open").on(t.sentAt).where(sql`status = 'received'`),
    index("webhook_deliveries_at").on(t.id, t.provider),
    index("webhook_deliveries_tenant").on(t.tenantId, t.id),
  ],
);

/** What a person (or a shop's end) asked of us through a provider, and the proof of what was done. */
export const privacyRequests = sqliteTable(
  "privacy_requests",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    provider: text().notNull(),
    connectionId: text(),
    kind: text().$type<PrivacyKind>().notNull(),
    /** The provider's id of the person or shop. */
    subject: text().notNull(),
    /** What a person may look it up by, without signing in: a random code, where the provider wants one. */
    code: text(),
    receivedAt: instant().notNull(),
    doneAt: instant(),
    /** What was found, exported or erased: table -> rows. */
    report: json<Record<string, number>>(),
  },
  (t) => [index("privacy_requests_tenant").on(t.tenantId, t.id), uniqueIndex("privacy_requests_code").on(t.code)],
);
