import { type SQL, sql } from "drizzle-orm";
import { actionSteps, actions, customerScores, listMembers, syncs } from "#db/schema/index.ts";
import type { SyncFacts } from "#db/words/syncs.ts";
import type { KeptList, KeptLists, ListedProfile } from "#server/catalog/keeping.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { standsTold } from "#server/domain/actions/stands-told.ts";

/** An action is done before its provider's own lists show it everywhere: only after this one who is not found is missed. */
const settledMs = 3_600_000;

/** Members of the lists of an account, each with how they stand: `m`, its customer's score `s` where it is of the segment, and `put`, the action. */
export function membersIn(ctx: TenantCtx, shop: string, { automation, accountId }: Pick<KeptList, "automation" | "accountId">): SQL {
  const taken = standsTold(ctx, automation, "t");
  const put = standsTold(ctx, automation, "p");
  return sql`select m.segment, m.profile_id, m.customer_id, m.seen_at, p.finished_at as put_at, s.customer_id is not null as belongs,
      case when ${taken} = 'coming' then 'leaving' when ${taken} = 'done' then 'gone' when ${put} = 'done' then 'in' when ${put} = 'coming' then 'coming' else 'none' end as stands
    from ${listMembers} m
      left join ${actions} p on p.tenant_id = m.tenant_id and p.id = m.put_by
      left join ${actions} t on t.tenant_id = m.tenant_id and t.id = m.taken_by
      left join ${customerScores} s on s.tenant_id = m.tenant_id and s.connection_id = m.connection_id and s.customer_id = m.customer_id and s.segment = m.segment
    where m.tenant_id = ${ctx.tenant.id} and m.connection_id = ${shop} and m.account_id = ${accountId}`;
}

/** Who is on the lists that are kept for a shop's segments. Without a shop there are none. */
export function keptLists(ctx: TenantCtx, shop = ""): KeptLists {
  const members = (of: KeptList) => sql`select * from (${membersIn(ctx, shop, of)}) where segment = ${of.segment}`;
  const made = ({
    automation,
    accountId,
  }: KeptList) => sql`${actions} a join ${actionSteps} s on s.tenant_id = a.tenant_id and s.action_id = a.id
    where a.tenant_id = ${ctx.tenant.id} and a.automation = ${automation} and s.account_id = ${accountId} and s.kind = 'klaviyo-list'
      and s.status = 'done' and s.receipt->>'made' = 1`;
  const profile = sql`profile_id as profileId, customer_id as customerId`;
  return {
    async facts({ automation, accountId, segment }) {
      const [row] = await ctx.db.all<{ facts: string }>(sql`select facts from ${syncs} where tenant_id = ${ctx.tenant.id}
        and connection_id = ${shop} and account_id = ${accountId} and automation = ${automation} and what = ${segment}`);
      return row ? (JSON.parse(row.facts) as SyncFacts) : null;
    },

    async made(of, list) {
      const rows = await ctx.db.all(sql`select 1 from ${made(of)} and s.receipt->>'id' = ${list} limit 1`);
      return rows.length > 0;
    },

    async madeAs(of, name) {
      const [row] = await ctx.db.all<{ id: string }>(sql`select s.receipt->>'id' as id from ${made(of)}
        and s.payload->>'name' = ${name} order by a.created_at desc limit 1`);
      return row?.id ?? null;
    },

    async known(of, profileIds) {
      const rows = await ctx.db.all<{ id: string }>(sql`select profile_id as id from (${members(of)})
        where stands in ('in', 'coming', 'leaving') and profile_id in (select value from json_each(${JSON.stringify(profileIds)}))`);
      return rows.map(({ id }) => id);
    },

    async others(of, { since, profileIds }) {
      const rows = await ctx.db.all<{ id: string }>(sql`select profile_id as id from (${members(of)})
        where stands in ('none', 'gone') and seen_at >= ${since} and profile_id in (select value from json_each(${JSON.stringify(profileIds)}))`);
      return rows.map(({ id }) => id);
    },

    async waits(of) {
      const rows = await ctx.db.all(sql`select 1 from (${members(of)}) where stands = 'coming' limit 1`);
      return rows.length > 0;
    },

    async entering(of, { after, limit }) {
      const rows = await ctx.db.all<{ id: string }>(sql`
        with listed as (select customer_id from (${members(of)}) where stands in ('in', 'coming', 'leaving') and customer_id is not null)
        select s.customer_id as id from ${customerScores} s
        where s.tenant_id = ${ctx.tenant.id} and s.connection_id = ${shop} and s.segment = ${of.segment} and s.customer_id > ${after ?? ""}
          and s.customer_id not in (select customer_id from listed) order by s.customer_id limit ${limit}`);
      return rows.map(({ id }) => id);
    },

    leaving: (of, { limit }) =>
      ctx.db.all<ListedProfile>(
        sql`select ${profile} from (${members(of)}) where stands = 'in' and not belongs order by profile_id limit ${limit}`,
      ),

    async missing(of, { since, limit }) {
      const rows = await ctx.db.all<ListedProfile & { all: number }>(sql`select ${profile}, count(*) over () as "all" from (${members(of)})
        where stands = 'in' and belongs and put_at < ${since - settledMs} and coalesce(seen_at, 0) < ${since} order by profile_id limit ${limit}`);
      return { profiles: rows.map(({ profileId, customerId }) => ({ profileId, customerId })), all: rows[0]?.all ?? 0 };
    },
  };
}
