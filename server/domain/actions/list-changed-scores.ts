import { type SQL, sql } from "drizzle-orm";
import { actionSteps, actions, customerScores } from "#db/schema/index.ts";
import type { ToldScore } from "#db/words/customer-base.ts";
import type { ChangedScore } from "#server/catalog/customer-base.ts";
import type { ScoreChange } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inShadow } from "./list-proposed.ts";

type Row = Omit<ChangedScore, "told"> & { told: string | null; all: number };

/**
 * Scores that are to be told anew. What was told counts as long as its action is done or may still be; what was told in shadow as long as the automation is there, and
 * what failed, was rejected or is over does not: so whatever was missed, for however long, is told when it can be.
 */
export async function listChangedScores(
  ctx: TenantCtx,
  connectionId: string,
  { automation, account, chance, value, limit }: ScoreChange,
): Promise<{ scores: ChangedScore[]; all: number }> {
  const shadow = sql`exists (select 1 from policies p where p.tenant_id = ${ctx.tenant.id} and p.automation = ${automation} and p.mode = 'shadow')`;
  const counts = sql`case when substr(a.dedupe, 1, ${inShadow.length}) = ${inShadow} then ${shadow}
    else a.status in ('waiting', 'approved', 'executing', 'unsure', 'done') end`;
  const told = (name: keyof ToldScore) => sql`told ->> ${`$.${name}`}`;
  const differs = (of: "chance_30" | "chance_90", name: "chance30" | "chance90") =>
    sql`(${sql.raw(of)} is null) <> (${told(name)} is null) or coalesce(abs(${sql.raw(of)} - ${told(name)}), 0) >= ${chance}`;
  const changed: SQL = sql`told is null or segment <> ${told("segment")} or currency is not ${told("currency")}
    or ${differs("chance_30", "chance30")} or ${differs("chance_90", "chance90")}
    or abs(coalesce(value_minor, 0) - coalesce(${told("valueMinor")}, 0)) >= ${value} * max(1, coalesce(${told("valueMinor")}, 0))`;
  const rows = await ctx.db.all<Row>(sql`
    select customer_id as customerId, as_of as asOf, chance_30 as chance30, chance_90 as chance90, orders_90 as orders90,
      value_minor as valueMinor, currency, segment, told, count(*) over () as "all"
    from (
      select s.customer_id, s.as_of, s.chance_30, s.chance_90, s.orders_90, s.value_minor, s.currency, s.segment, case when ${counts} then s.told end as told
      from ${customerScores} s
        left join ${actions} a on a.tenant_id = s.tenant_id and a.id = s.told_by
          and exists (select 1 from ${actionSteps} t where t.tenant_id = a.tenant_id and t.action_id = a.id and t.place = 0 and t.account_id = ${account})
      where s.tenant_id = ${ctx.tenant.id} and s.connection_id = ${connectionId}
    ) where ${changed}
    order by told is null desc, abs(coalesce(chance_90 - ${told("chance90")}, 1)) desc, customer_id limit ${limit}`);
  return {
    scores: rows.map(({ told: before, all: _, ...score }) => ({
      ...score,
      told: before === null ? null : (JSON.parse(before) as ToldScore),
    })),
    all: rows[0]?.all ?? 0,
  };
}
