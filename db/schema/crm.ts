import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { type CrmBases, type CrmCompared, type CrmDue, crmKinds, crmSides } from "#db/words/crm.ts";

/** A shop's company buyers and their orders in a CRM, a row each: which record they are there, and how the two stand. Ids and keyed hashes alone. */
export const crmRecords = sqliteTable(
  "crm_records",
  {
    tenantId: tenantId(),
    /** The shop, and the CRM. */
    connectionId: text().notNull(),
    accountId: text().notNull(),
    kind: text({ enum: crmKinds }).notNull(),
    /** The buyer's id in the shop; of a deal `order:…` or `draft:…`. */
    externalId: text().notNull(),
    customerId: text().notNull(),
    orderId: text(),
    crmId: text(),
    /** The company that it is tied to, by the CRM's id; of a deal its buyer's. */
    companyId: text(),
    stage: text(),
    bases: json<CrmBases>().notNull(),
    due: json<CrmDue>(),
    inStepAt: instant(),
    seenAt: instant().notNull(),
    isUnknowable: integer({ mode: "boolean" }).notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.accountId, t.kind, t.externalId] }),
    index("crm_records_customer").on(t.tenantId, t.connectionId, t.customerId),
    // Word for word the condition of what is proposed.
    index("crm_records_due").on(t.tenantId, t.connectionId, t.accountId, t.kind, t.externalId).where(sql`due is not null`),
    index("crm_records_company").on(t.tenantId, t.connectionId, t.accountId, t.companyId).where(sql`company_id is not null`),
    known(t.kind),
  ],
);

/** Fields of a buyer that both sides changed: neither is overwritten until a person chose one, for exactly what they were shown. */
export const crmConflicts = sqliteTable(
  "crm_conflicts",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    accountId: text().notNull(),
    customerId: text().notNull(),
    /** Without a CHECK, since the list grows. */
    field: text().$type<CrmCompared>().notNull(),
    shopHash: text().notNull(),
    crmHash: text().notNull(),
    foundAt: instant().notNull(),
    decision: text({ enum: crmSides }),
    decidedBy: text(),
    decidedAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.accountId, t.customerId, t.field] })],
);
