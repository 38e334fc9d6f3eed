import { sql } from "drizzle-orm";
import { actionCustomers, actionSteps, actions, privacyRequests, supplyOrders } from "#db/schema/index.ts";
import { inShadow } from "#server/domain/actions/list-proposed.ts";
import type { WriteRows } from "./writing.ts";

/**
 * What an automation proposes, as its policy says now; what was proposed before stays as it is. What was proposed in shadow counts for
 * the shadow alone, and there nobody is left out: the same is proposed once more when it could be done, and the comparison of the two groups begins
 * with that, for both. What was drawn before the automation began anew is in no group of today's. In the run's own batch, so that a run that
 * lost its lease proposes nothing. Of a customer who was forgotten since the run began nothing is written: it had read them before. Nor of an order at
 * a supplier that a person changed since it was read: they may have said that they take care of it.
 */
export const writeActions: WriteRows = ({ db, now, rows, held }) => [
  ...rows(({ proposed, connectionIds: [source = ""] }) =>
    proposed.map((each) => [
      each.id,
      each.dedupe,
      each.subject,
      source,
      each.customerId ?? null,
      each.touches,
      each.hash,
      each.evidence,
      each.stake ?? null,
      each.score ?? null,
      each.withheld ? 1 : 0,
      each.expiresAt,
      each.salt,
      each.steps.flatMap(({ names }) => names),
      each.owed ? 1 : 0,
      each.asRead ? [each.asRead.orderId, each.asRead.provider, each.asRead.part, each.asRead.version] : null,
    ]),
  ).map((json) =>
    db
      .insert(actions)
      .select(
        sql`select j.value->>0, r.tenant_id, r.job, r.id, case when p.mode = 'shadow' then ${inShadow} else '' end || (j.value->>1), j.value->>2, j.value->>3, j.value->>4, j.value->>5,
          case when p.mode = 'shadow' or j.value->>4 is null or j.value->>14 then null when j.value->>10 then 1 else 0 end, j.value->>6, j.value->>7,
          j.value->>8, j.value->>9, case when p.mode = 'shadow' then 'shadowed' when j.value->>10 then 'withheld' else 'waiting' end, null, ${now},
          j.value->>11,
          null, null, null, null, null, 0, null, null, 0, null, null, null
          ${held(json, sql`cross join policies p on p.tenant_id = r.tenant_id and p.automation = r.job and p.mode <> 'off' and p.salt = j.value->>12`)}
          and not exists (select 1 from ${privacyRequests} f where f.tenant_id = r.tenant_id and f.connection_id = j.value->>3
            and f.kind = 'redact_customer' and (f.subject = j.value->>4 or f.subject in (select value from json_each(j.value, '$[13]'))) and f.done_at >= coalesce(r.started_at, r.created_at))
          and not exists (select 1 from ${supplyOrders} s where s.tenant_id = r.tenant_id and s.connection_id = j.value->>3 and s.order_id = j.value->>'$[15][0]'
            and s.provider = j.value->>'$[15][1]' and s.part = j.value->>'$[15][2]' and s.version <> j.value->>'$[15][3]')`,
      )
      .onConflictDoNothing(),
  ),
  ...rows(({ proposed, connectionIds: [source = ""] }) =>
    proposed.flatMap(({ id, customerId, steps }) =>
      steps.map((step, place) => [id, place, step.kind, step.accountId, source, customerId ?? null, step.payload]),
    ),
  ).map((json) =>
    db
      .insert(actionSteps)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, 'pending', null, null, null
          ${held(json, sql`cross join ${actions} a on a.tenant_id = r.tenant_id and a.id = j.value->>0`)}`,
      )
      .onConflictDoNothing(),
  ),
  ...rows(({ proposed, connectionIds: [source = ""] }) =>
    proposed.flatMap(({ id, steps }) => steps.flatMap(({ names }, place) => names.map((customerId) => [source, customerId, id, place]))),
  ).map((json) =>
    db
      .insert(actionCustomers)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3
          ${held(json, sql`cross join ${actions} a on a.tenant_id = r.tenant_id and a.id = j.value->>2`)}`,
      )
      .onConflictDoNothing(),
  ),
];
