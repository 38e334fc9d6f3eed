import { type SQL, sql } from "drizzle-orm";
import { crmConflicts, crmRecords } from "#db/schema/index.ts";
import { isForgottenSince } from "./referrals.ts";
import type { WriteRows } from "./writing.ts";

const excluded = (...columns: string[]): Record<string, SQL> =>
  Object.fromEntries(columns.map((name) => [name, sql.raw(`excluded.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`)]));

/** How records of the shop's buyers and orders stand in the CRM; of whom was forgotten meanwhile none. */
export const writeCrmRecords: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.crm?.records ?? []).map((each) => [
      ...[
        connectionIds[0],
        found?.crm?.accountId,
        each.kind,
        each.externalId,
        each.customerId,
        each.orderId,
        each.crmId,
        each.companyId,
        each.stage,
      ],
      ...[each.bases, each.due, each.inStepAt, each.seenAt, each.isUnknowable],
    ]),
  ).map((json) =>
    db
      .insert(crmRecords)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8,
          j.value->>9, j.value->>10, j.value->>11, j.value->>12, j.value->>13 ${held(json)} and not ${isForgottenSince(sql`j.value->>4`)}`,
      )
      .onConflictDoUpdate({
        target: [crmRecords.tenantId, crmRecords.connectionId, crmRecords.accountId, crmRecords.kind, crmRecords.externalId],
        set: excluded("customerId", "orderId", "crmId", "companyId", "stage", "bases", "due", "inStepAt", "seenAt", "isUnknowable"),
      }),
  );

/** Fields that both sides changed. Where one of them changed again since, what a person chose is void. */
export const writeCrmConflicts: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.crm?.conflicts ?? []).map((each) => [
      ...[connectionIds[0], found?.crm?.accountId, each.customerId, each.field, each.shopHash, each.crmHash],
    ]),
  ).map((json) =>
    db
      .insert(crmConflicts)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, ${now}, null, null, null
          ${held(json)} and not ${isForgottenSince(sql`j.value->>2`)}`,
      )
      .onConflictDoUpdate({
        target: [crmConflicts.tenantId, crmConflicts.connectionId, crmConflicts.accountId, crmConflicts.customerId, crmConflicts.field],
        set: { ...excluded("shopHash", "crmHash", "foundAt"), decision: null, decidedBy: null, decidedAt: null },
        setWhere: sql`excluded.shop_hash <> ${crmConflicts.shopHash} or excluded.crm_hash <> ${crmConflicts.crmHash}`,
      }),
  );

/** Conflicts that are none any more. */
export const dropSettled: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.crm?.settled ?? []).map(({ customerId, field }) => [connectionIds[0], found?.crm?.accountId, customerId, field]),
  ).map((json) =>
    db.delete(crmConflicts).where(
      sql`(tenant_id, connection_id, account_id, customer_id, field) in
          (select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3 ${held(json)})`,
    ),
  );
