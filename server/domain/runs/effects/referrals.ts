import { type SQL, sql } from "drizzle-orm";
import { actions, privacyRequests, referralCodes, referrals } from "#db/schema/index.ts";
import type { WriteRows } from "./writing.ts";

/** Whether one of these customers of the row's shop was forgotten since the run began: it had read them before. */
export const isForgottenSince = (...customers: SQL[]): SQL =>
  sql`exists (select 1 from ${privacyRequests} f where f.tenant_id = r.tenant_id and f.connection_id = j.value->>0 and f.kind = 'redact_customer'
    and f.subject in (${sql.join(customers, sql`, `)}) and f.done_at >= coalesce(r.started_at, r.created_at))`;

/** What this run's automation proposed in earnest under the row's key. */
const proposedBy = (key: SQL): SQL =>
  sql`cross join ${actions} a on a.tenant_id = r.tenant_id and a.automation = r.job and a.dedupe = ${key}`;

/** Codes whose making was proposed, and not withheld: in shadow there is none, and nobody in the control group gets one. */
export const writeFriendsCodes: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.friendsCodes ?? []).map(({ code, customerId, endsAt, dedupe }) => [connectionIds[0], code, customerId, endsAt, dedupe]),
  ).map((json) =>
    db
      .insert(referralCodes)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, a.id ${held(json, proposedBy(sql`j.value->>4`))}
          and a.status <> 'withheld' and not ${isForgottenSince(sql`j.value->>2`)}`,
      )
      .onConflictDoNothing(),
  );

/** Orders with such a code. One that is known stays as it was judged. */
export const writeReferrals: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.referrals ?? []).map((each) => [
      ...[connectionIds[0], each.orderId, each.code, each.referrerId, each.friendId, each.placedAt, each.valueMinor, each.currency],
    ]),
  ).map((json) =>
    db
      .insert(referrals)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7,
          'found', null, null, null, null ${held(json)} and not ${isForgottenSince(sql`j.value->>3`, sql`j.value->>4`)}`,
      )
      .onConflictDoNothing(),
  );

/** What became of orders that were not judged yet: refused, or rewarded where that was proposed; what is proposed in shadow rewards nobody. */
export const judgeReferrals: WriteRows = ({ db, now, rows, held }) => {
  const isOpen = sql`${referrals.tenantId} = o.tenant and ${referrals.connectionId} = o.shop and ${referrals.orderId} = o.order_id and ${referrals.state} = 'found'`;
  const seen = { valueMinor: sql`o.value_minor`, currency: sql`o.currency`, judgedAt: now };
  const judged = sql`select r.tenant_id as tenant, j.value->>0 as shop, j.value->>1 as order_id, j.value->>2 as value_minor, j.value->>3 as currency`;
  const refused = rows(({ found, connectionIds }) =>
    (found?.judged ?? []).flatMap((each) =>
      "refused" in each ? [[connectionIds[0], each.orderId, each.valueMinor, each.currency, each.refused]] : [],
    ),
  );
  const rewarded = rows(({ found, connectionIds }) =>
    (found?.judged ?? []).flatMap((each) =>
      "rewarded" in each ? [[connectionIds[0], each.orderId, each.valueMinor, each.currency, each.rewarded, each.household]] : [],
    ),
  );
  return [
    ...refused.map((json) =>
      db
        .update(referrals)
        .set({ ...seen, state: "refused", reason: sql`o.reason` })
        .from(sql`(${judged}, j.value->>4 as reason ${held(json)}) o`)
        .where(isOpen),
    ),
    ...rewarded.map((json) =>
      db
        .update(referrals)
        .set({ ...seen, state: "rewarded", household: sql`o.household`, actionId: sql`o.action` })
        .from(sql`(${judged}, j.value->>5 as household, a.id as action ${held(json, proposedBy(sql`j.value->>4`))}) o`)
        .where(isOpen),
    ),
  ];
};
