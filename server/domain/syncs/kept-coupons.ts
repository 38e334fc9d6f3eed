import { sql } from "drizzle-orm";
import { actionSteps, actions } from "#db/schema/index.ts";
import type { KeptBatch, KeptCoupons } from "#server/catalog/keeping.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { standsTold } from "#server/domain/actions/stands-told.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";

/** What was proposed and done of a shop's codes for a coupon. Without a shop there is nothing. */
export function keptCoupons(ctx: TenantCtx, shop = ""): KeptCoupons {
  const step = (a: string, way: "add" | "withdraw") => sql`s.tenant_id = ${ctx.tenant.id} and s.action_id = ${sql.raw(`${a}.id`)}
    and s.kind = 'klaviyo-coupon-codes' and s.payload ->> 'way' = ${way}`;
  return {
    hashOf: (text) => keyedHash(ctx.config, ctx.tenant.id, text),
    async batches({ automation }) {
      const of = (a: string) => sql`${sql.raw(`${a}.tenant_id`)} = ${ctx.tenant.id} and ${sql.raw(`${a}.automation`)} = ${automation}`;
      const rows = await ctx.db.all<Omit<KeptBatch, "isWithdrawn"> & { isWithdrawn: number }>(sql`
        with withdrawn as (
          select s.payload ->> 'batch' as batch from ${actions} w join ${actionSteps} s on ${step("w", "withdraw")}
          where ${of("w")} and ${standsTold(ctx, automation, "w")} is not null
        ), added as (
          select a.id, a.created_at, a.finished_at, iif(a.status in ('undoing', 'undone'), 'undone', ${standsTold(ctx, automation, "a")}) as stands,
            s.payload ->> 'batch' as batch, s.payload ->> 'mark' as mark, s.payload -> 'coupon' ->> 'id' as coupon, s.account_id, s.payload ->> 'handOutUntil' as until, sum(s.payload ->> 'count') as size,
            (select count(*) from ${actionSteps} r, json_each(r.receipt, '$.refused') where r.tenant_id = a.tenant_id and r.action_id = a.id) as refused
          from ${actions} a join ${actionSteps} s on ${step("a", "add")}
          where ${of("a")} and a.connection_id = ${shop} group by a.id
        )
        select batch, mark, coupon, account_id as accountId, stands, size, size - refused as codes, until as handOutUntil, created_at as createdAt, finished_at as finishedAt,
          (select d.receipt ->> 'id' from ${actionSteps} d where d.tenant_id = ${ctx.tenant.id} and d.action_id = added.id
            and d.kind = 'shopify-discount-codes' and d.payload ->> 'from' = 0) as discount,
          batch in (select batch from withdrawn) as isWithdrawn
        from added where stands is not null order by created_at`);
      return rows.map((row) => ({ ...row, isWithdrawn: row.isWithdrawn === 1 }));
    },
  };
}
