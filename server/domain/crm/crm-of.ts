import { and, eq, gt, isNotNull, or, type SQL, sql } from "drizzle-orm";
import { actionSteps, actions, crmConflicts, crmRecords } from "#db/schema/index.ts";
import type { CrmRecords } from "#server/catalog/crm.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inShadow } from "#server/domain/actions/list-proposed.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";

/** The records of one shop's buyers and orders: of one connection, since their ids are a shop's own. Without one there is nothing to ask. */
export function crmOf(ctx: TenantCtx, connectionId = ""): CrmRecords {
  const of = ({ accountId, kind }: { accountId: string; kind: "contact" | "deal" }) =>
    inTenant(ctx, crmRecords, eq(crmRecords.connectionId, connectionId), eq(crmRecords.accountId, accountId), eq(crmRecords.kind, kind));
  const asRecord = ({ tenantId: _, connectionId: __, accountId: ___, ...record }: typeof crmRecords.$inferSelect) => record;
  const found = async (which: SQL | undefined) => (await ctx.db.select().from(crmRecords).where(which)).map(asRecord);
  const listed = (ids: readonly string[]) => sql`select value from json_each(${JSON.stringify(ids)})`;

  return {
    async list({ after, limit, due, ...which }) {
      const rows = await ctx.db
        .select()
        .from(crmRecords)
        .where(and(of(which), gt(crmRecords.externalId, after ?? ""), due ? isNotNull(crmRecords.due) : undefined))
        .orderBy(crmRecords.externalId)
        .limit(limit);
      return rows.map(asRecord);
    },

    async known({ externalIds, orderIds = [], ...which }) {
      const among = sql`${crmRecords.externalId} in (${listed(externalIds)})`;
      const ofOrders = sql`${crmRecords.orderId} in (${listed(orderIds)})`;
      return found(and(of(which), orderIds.length === 0 ? among : or(among, ofOrders)));
    },

    tiedTo: ({ accountId, companies }) =>
      found(
        and(of({ accountId, kind: "contact" }), isNotNull(crmRecords.companyId), sql`${crmRecords.companyId} in (${listed(companies)})`),
      ),

    dealsOf: ({ accountId, customers }) =>
      found(and(of({ accountId, kind: "deal" }), sql`${crmRecords.customerId} in (${listed(customers)})`)),

    async conflicts({ accountId, customers }) {
      const rows = await ctx.db
        .select()
        .from(crmConflicts)
        .where(
          inTenant(
            ctx,
            crmConflicts,
            eq(crmConflicts.connectionId, connectionId),
            eq(crmConflicts.accountId, accountId),
            sql`${crmConflicts.customerId} in (${listed(customers)})`,
          ),
        );
      return rows.map(({ customerId, field, shopHash, crmHash, decision }) => ({ customerId, field, shopHash, crmHash, decision }));
    },

    failed: async ({ automation, kind, since }) =>
      ctx.db.all<{ customerId: string; record: string | null; at: number; why: string }>(sql`
        select f.value ->> 'customerId' as customerId, f.value ->> 'record' as record, f.value ->> 'why' as why, max(a.finished_at) as at
        from ${actions} a cross join ${actionSteps} s on s.tenant_id = a.tenant_id and s.action_id = a.id and s.kind = ${kind}
          cross join json_each(s.receipt, '$.rows.failed') f
        where a.tenant_id = ${ctx.tenant.id} and a.automation = ${automation} and a.status = 'done' and a.finished_at >= ${since}
          and a.connection_id = ${connectionId} and s.receipt is not null
        group by 1, 2, 3`) as ReturnType<CrmRecords["failed"]>,

    async isPending({ automation, prefix, since }) {
      const begins = (start: string) => sql`(dedupe >= ${start} and dedupe < ${`${start}\u{10ffff}`})`;
      const [found] = await ctx.db.all<{ found: number }>(sql`
        select exists (select 1 from ${actions} where tenant_id = ${ctx.tenant.id} and automation = ${automation} and (
          (${begins(prefix)} and (status in ('waiting', 'approved', 'executing', 'unsure') or (status = 'rejected' and created_at >= ${since})))
          or (${begins(inShadow + prefix)} and created_at >= ${since}))) as found`);
      return found?.found === 1;
    },

    hashOf: (text) => keyedHash(ctx.config, ctx.tenant.id, text),
  };
}
