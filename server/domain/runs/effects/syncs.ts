import { sql } from "drizzle-orm";
import { actions, catalogRows, listMembers, privacyRequests, syncs } from "#db/schema/index.ts";
import { inShadow } from "#server/domain/actions/list-proposed.ts";
import type { WriteRows } from "./writing.ts";

/** What this run proposed under the row's key, which stands behind the others: in shadow too. */
const proposedBy = (key: string) =>
  sql`cross join ${actions} a on a.tenant_id = r.tenant_id and a.automation = r.job and a.run_id = r.id
    and a.dedupe in (${sql.raw(key)}, ${inShadow} || (${sql.raw(key)}))`;

/** How what is kept in step was found. */
export const writeSyncs: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.syncs ?? []).map(({ accountId, what, facts }) => [connectionIds[0], accountId, what, facts]),
  ).map((json) =>
    db
      .insert(syncs)
      .select(sql`select r.tenant_id, j.value->>0, j.value->>1, r.job, j.value->>2, j.value->3, ${now} ${held(json)}`)
      .onConflictDoUpdate({
        target: [syncs.tenantId, syncs.connectionId, syncs.accountId, syncs.automation, syncs.what],
        set: { facts: sql`excluded.facts`, comparedAt: sql`excluded.compared_at` },
      }),
  );

const mayBe = sql`('waiting', 'approved', 'executing', 'unsure')`;

/**
 * Where a comparison begins: who was taken off the list is none of it any more, and of somebody without a customer (put there by others, or
 * forgotten) nothing is kept unless they are on it by us, or are being put there or taken off.
 */
export const dropTaken: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => (found?.compares ? [[connectionIds[0], found.compares.accountId, found.compares.segment]] : [])).map(
    (json) =>
      db.delete(listMembers).where(
        sql`rowid in (select m.rowid ${held(
          json,
          sql`cross join ${listMembers} m on m.tenant_id = r.tenant_id and m.connection_id = j.value->>0 and m.account_id = j.value->>1 and m.segment = j.value->>2
            left join ${actions} p on p.tenant_id = m.tenant_id and p.id = m.put_by left join ${actions} t on t.tenant_id = m.tenant_id and t.id = m.taken_by`,
        )} and (t.status = 'done' or (m.customer_id is null and coalesce(t.status, '') not in ${mayBe}
          and coalesce(p.status, '') not in ${mayBe} and coalesce(p.status, '') <> 'done')))`,
      ),
  );

/** Whom a comparison found on a list. */
export const noteSeen: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) => {
    const { accountId, segment, profileIds = [] } = found?.seen ?? {};
    return profileIds.map((profileId) => [connectionIds[0], accountId, segment, profileId]);
  }).map((json) =>
    db
      .update(listMembers)
      .set({ seenAt: now })
      .where(
        sql`rowid in (select m.rowid ${held(
          json,
          sql`cross join ${listMembers} m on m.tenant_id = r.tenant_id and m.connection_id = j.value->>0 and m.account_id = j.value->>1
            and m.segment = j.value->>2 and m.profile_id = j.value->>3`,
        )})`,
      ),
  );

/** Whom a comparison found on a list without us: remembered by the profile alone, until the next one begins. */
export const noteOthers: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) => {
    const { accountId, segment, others = [] } = found?.seen ?? {};
    return others.map((profileId) => [connectionIds[0], accountId, segment, profileId]);
  }).map((json) =>
    db
      .insert(listMembers)
      .select(sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, null, null, null, ${now} ${held(json)}`)
      .onConflictDoUpdate({
        target: [listMembers.tenantId, listMembers.connectionId, listMembers.accountId, listMembers.segment, listMembers.profileId],
        set: { seenAt: now },
      }),
  );

/** Who is put on a list or taken off it by what this run proposed; nobody who was forgotten since the run began: it had read them before. */
export const writeListed: WriteRows = ({ db, rows, held }) =>
  (["put", "taken"] as const).flatMap((way) =>
    rows(({ found, connectionIds }) =>
      (found?.listing ?? [])
        .filter((each) => each.way === way)
        .flatMap(({ dedupe, accountId, segment, profiles }) =>
          profiles.map(({ profileId, customerId }) => [connectionIds[0], accountId, segment, profileId, customerId, dedupe]),
        ),
    ).map((json) =>
      db
        .insert(listMembers)
        .select(
          sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4,
            ${way === "put" ? sql`a.id, null` : sql`null, a.id`}, null ${held(json, proposedBy("j.value->>5"))}
            and not exists (select 1 from ${privacyRequests} f where f.tenant_id = r.tenant_id and f.connection_id = j.value->>0
              and f.kind = 'redact_customer' and f.subject = j.value->>4 and f.done_at >= coalesce(r.started_at, r.created_at))`,
        )
        .onConflictDoUpdate({
          target: [listMembers.tenantId, listMembers.connectionId, listMembers.accountId, listMembers.segment, listMembers.profileId],
          set:
            way === "put"
              ? { customerId: sql`excluded.customer_id`, putBy: sql`excluded.put_by`, takenBy: sql`null`, seenAt: sql`null` }
              : { takenBy: sql`excluded.taken_by` },
        }),
    ),
  );

/** What of a catalog is sent by what this run proposed. */
export const writeCatalogSent: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.catalogSent ?? []).flatMap(({ dedupe, accountId, rows: sent }) =>
      sent.map((row) => [connectionIds[0], accountId, row.part, row.id, row.productId, row.sent, row.isGone ? 1 : 0, dedupe]),
    ),
  ).map((json) =>
    db
      .insert(catalogRows)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, a.id, j.value->>6 ${held(json, proposedBy("j.value->>7"))}`,
      )
      .onConflictDoUpdate({
        target: [catalogRows.tenantId, catalogRows.connectionId, catalogRows.accountId, catalogRows.part, catalogRows.externalId],
        set: {
          productId: sql`excluded.product_id`,
          sent: sql`excluded.sent`,
          sentBy: sql`excluded.sent_by`,
          isGone: sql`excluded.is_gone`,
        },
      }),
  );
