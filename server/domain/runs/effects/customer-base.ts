import { sql } from "drizzle-orm";
import { actions, customerModels, customerScores, privacyRequests } from "#db/schema/index.ts";
import type { ToldScore } from "#db/words/customer-base.ts";
import { inShadow } from "#server/domain/actions/list-proposed.ts";
import type { WriteRows } from "./writing.ts";

/** The shop's model, in the place of the one before it; how far all customers are scored is left as it is. */
export const writeCustomerModel: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => {
    const model = found?.customerModel;
    if (!model) return [];
    const { step, reason, fittedUntil, fittedAt, firstDay, bought, boughtAgain, currency, buying, spend, season, past, fifths } = model;
    return [
      [
        ...[connectionIds[0], step, reason, fittedUntil, fittedAt, firstDay, bought, boughtAgain, currency],
        ...[buying, spend, season, past, fifths],
      ],
    ];
  }).map((json) =>
    db
      .insert(customerModels)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8,
          j.value->>9, j.value->>10, j.value->>11, j.value->>12, j.value->>13, null ${held(json)}`,
      )
      .onConflictDoUpdate({
        target: [customerModels.tenantId, customerModels.connectionId],
        set: {
          step: sql`excluded.step`,
          reason: sql`excluded.reason`,
          fittedUntil: sql`excluded.fitted_until`,
          fittedAt: sql`excluded.fitted_at`,
          firstDay: sql`excluded.first_day`,
          bought: sql`excluded.bought`,
          boughtAgain: sql`excluded.bought_again`,
          currency: sql`excluded.currency`,
          buying: sql`excluded.buying`,
          spend: sql`excluded.spend`,
          season: sql`excluded.season`,
          past: sql`excluded.past`,
          fifths: sql`excluded.fifths`,
        },
      }),
  );

/** Scores, with what was told of the customer before left as it is. Of one who was forgotten since the run began nothing is written: it had read them before. */
export const writeCustomerScores: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.customerScores ?? []).map((each) => [
      ...[connectionIds[0], each.customerId, each.asOf, each.chance30, each.chance90, each.orders90],
      ...[each.valueMinor, each.currency, each.segment],
    ]),
  ).map((json) =>
    db
      .insert(customerScores)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8, null, null
          ${held(json)} and not exists (select 1 from ${privacyRequests} f where f.tenant_id = r.tenant_id and f.connection_id = j.value->>0
            and f.kind = 'redact_customer' and f.subject = j.value->>1 and f.done_at >= coalesce(r.started_at, r.created_at))`,
      )
      .onConflictDoUpdate({
        target: [customerScores.tenantId, customerScores.connectionId, customerScores.customerId],
        set: {
          asOf: sql`excluded.as_of`,
          chance30: sql`excluded.chance_30`,
          chance90: sql`excluded.chance_90`,
          orders90: sql`excluded.orders_90`,
          valueMinor: sql`excluded.value_minor`,
          currency: sql`excluded.currency`,
          segment: sql`excluded.segment`,
        },
      }),
  );

/** What is told of customers by a proposal that this run wrote. */
export const noteTold: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.told?.scores ?? []).map(({ customerId, chance30, chance90, valueMinor, currency, segment }) => [
      ...[connectionIds[0], customerId, found?.told?.dedupe, { chance30, chance90, valueMinor, currency, segment } satisfies ToldScore],
    ]),
  ).map((json) =>
    db
      .update(customerScores)
      .set({ told: sql`o.told`, toldBy: sql`o.action` })
      .from(
        sql`(select r.tenant_id as tenant, j.value->>0 as shop, j.value->>1 as customer, j.value->3 as told, a.id as action ${held(
          json,
          sql`cross join ${actions} a on a.tenant_id = r.tenant_id and a.automation = r.job and a.dedupe in (j.value->>2, ${inShadow} || (j.value->>2))
            and a.run_id = r.id`,
        )}) o`,
      )
      .where(
        sql`${customerScores.tenantId} = o.tenant and ${customerScores.connectionId} = o.shop and ${customerScores.customerId} = o.customer`,
      ),
  );

/** Whoever was not scored as of the day of a whole scoring has no order any more that stands. */
export const dropUnscored: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => (found?.scoredAll ? [[connectionIds[0], found.scoredAll.asOf]] : [])).map((json) =>
    db
      .delete(customerScores)
      .where(
        sql`rowid in (select s.rowid ${held(
          json,
          sql`cross join ${customerScores} s on s.tenant_id = r.tenant_id and s.connection_id = j.value->>0 and s.as_of < j.value->>1`,
        )})`,
      ),
  );

/** How far all customers of the shop are scored, where the step ends a scoring of them. */
export const noteScored: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => (found?.scoredAll ? [[connectionIds[0], found.scoredAll.asOf]] : [])).map((json) =>
    db
      .update(customerModels)
      .set({ scoredUntil: sql`o.as_of` })
      .from(sql`(select r.tenant_id as tenant, j.value->>0 as shop, j.value->>1 as as_of ${held(json)}) o`)
      .where(sql`${customerModels.tenantId} = o.tenant and ${customerModels.connectionId} = o.shop`),
  );
