import { and, eq, gt, gte, isNull, type SQL, sql } from "drizzle-orm";
import { actions, orderContents, orders, referralCodes, referrals, refunds } from "#db/schema/index.ts";
import type { FoundReferral, OpenReferral, Referrals } from "#server/catalog/referrals.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";

/** Rewards that came to nothing do not count against what a customer may have. */
const cameToNothing = sql`'rejected', 'expired', 'voided', 'failed', 'undone'`;

/** Who brought whom to one shop: of one connection, since customers' ids are a shop's own. Without one there is nothing to ask. */
export function referralsOf(ctx: TenantCtx, connectionId = ""): Referrals {
  const ofShop = (...more: (SQL | undefined)[]) => inTenant(ctx, referrals, eq(referrals.connectionId, connectionId), ...more);
  const shopsOrder = (orderId: SQL) =>
    sql`${inTenant(ctx, orders, eq(orders.connectionId, connectionId))} and ${orders.externalId} = ${orderId}`;

  return {
    async holders({ customers, at }) {
      const found = await ctx.db
        .selectDistinct({ customerId: referralCodes.customerId })
        .from(referralCodes)
        .where(
          inTenant(
            ctx,
            referralCodes,
            eq(referralCodes.connectionId, connectionId),
            sql`${referralCodes.customerId} in (select value from json_each(${JSON.stringify(customers)}))`,
            gt(referralCodes.endsAt, at),
          ),
        );
      return found.map(({ customerId }) => customerId);
    },

    // Of two such codes on one order the first one counts: the least place, whose other columns SQLite answers with it.
    unseen: async ({ after, limit }) => {
      const rows = await ctx.db.all<FoundReferral & { place: number }>(sql`
        select c.external_id as orderId, k.code as code, k.customer_id as referrerId, ${orders.customerId} as friendId,
          ${orders.placedAt} as placedAt, ${orders.grossMinor} as valueMinor, ${orders.currency} as currency, min(t.key) as place
        from ${orderContents} c cross join json_each(c.codes) t
          cross join ${referralCodes} k on k.tenant_id = c.tenant_id and k.connection_id = c.connection_id and k.code = upper(trim(t.value))
          cross join ${orders} on ${shopsOrder(sql`c.external_id`)} and ${isNull(orders.cancelledAt)}
        where c.tenant_id = ${ctx.tenant.id} and c.connection_id = ${connectionId} and c.codes <> '[]' and c.external_id > ${after ?? ""}
          and not exists (select 1 from ${referrals} r where r.tenant_id = c.tenant_id and r.connection_id = c.connection_id and r.order_id = c.external_id)
        group by c.external_id order by c.external_id limit ${limit}`);
      return rows.map(({ place: _, ...row }) => row);
    },

    async open({ after, limit }) {
      type Row = Omit<OpenReferral, "cancelled" | "returned" | "paid" | "known"> &
        Record<"cancelled" | "returned" | "paid" | "known", 0 | 1>;
      // Two accounts that the shop merged are one: whose its order is now.
      const friend = sql`coalesce(${orders.customerId}, r.friend_id)`;
      const behind = after ? sql`and (r.placed_at, r.order_id) > (${after.placedAt}, ${after.orderId})` : sql``;
      const rows = await ctx.db.all<Row>(sql`
        select r.order_id as orderId, r.code as code, r.referrer_id as referrerId, ${friend} as friendId, r.placed_at as placedAt,
          coalesce(${orders.grossMinor}, r.value_minor) as valueMinor, coalesce(${orders.currency}, r.currency) as currency,
          ${orders.externalId} is null or ${orders.cancelledAt} is not null as cancelled,
          exists (select 1 from ${refunds} b where b.tenant_id = r.tenant_id and b.connection_id = r.connection_id
            and b.order_external_id = r.order_id and b.amount_minor > 0) as returned,
          coalesce(c.paid, 0) as paid, c.delivered_at as deliveredAt,
          ${friend} is not null and (
            exists (select 1 from ${orders} e where e.tenant_id = r.tenant_id and e.connection_id = r.connection_id
              and e.customer_id = ${friend} and e.cancelled_at is null and (e.placed_at, e.external_id) < (r.placed_at, r.order_id))
            or exists (select 1 from ${referralCodes} k join ${actions} a on a.tenant_id = k.tenant_id and a.id = k.action_id and a.created_at < r.placed_at
              where k.tenant_id = r.tenant_id and k.connection_id = r.connection_id and k.customer_id = ${friend})
            or exists (select 1 from ${referrals} o where o.tenant_id = r.tenant_id and o.connection_id = r.connection_id
              and o.friend_id = ${friend} and o.state = 'rewarded')
          ) as known
        from ${referrals} r left join ${orders} on ${shopsOrder(sql`r.order_id`)}
          left join ${orderContents} c on c.tenant_id = r.tenant_id and c.connection_id = r.connection_id and c.external_id = r.order_id
        where r.tenant_id = ${ctx.tenant.id} and r.connection_id = ${connectionId} and r.state = 'found' ${behind}
        order by r.placed_at, r.order_id limit ${limit}`);
      return rows.map(({ cancelled, returned, paid, known, ...row }) => ({
        ...row,
        ...{ cancelled: cancelled === 1, returned: returned === 1, paid: paid === 1, known: known === 1 },
      }));
    },

    async tellsDeliveries(since) {
      const found = await ctx.db
        .select({ id: orderContents.externalId })
        .from(orderContents)
        .where(inTenant(ctx, orderContents, eq(orderContents.connectionId, connectionId), gte(orderContents.deliveredAt, since)))
        .limit(1);
      return found.length > 0;
    },

    async rewarded({ referrer, since }) {
      const [row] = await ctx.db
        .select({ many: sql<number>`count(*)` })
        .from(referrals)
        .leftJoin(actions, and(eq(actions.tenantId, referrals.tenantId), eq(actions.id, referrals.actionId)))
        .where(
          ofShop(
            eq(referrals.state, "rewarded"),
            gte(referrals.judgedAt, since),
            referrer === undefined ? undefined : eq(referrals.referrerId, referrer),
            sql`coalesce(${actions.status}, '') not in (${cameToNothing})`,
          ),
        );
      return row?.many ?? 0;
    },

    async isHousehold({ referrer, household }) {
      const found = await ctx.db
        .select({ id: referrals.orderId })
        .from(referrals)
        .where(ofShop(eq(referrals.referrerId, referrer), eq(referrals.state, "rewarded"), eq(referrals.household, household)))
        .limit(1);
      return found.length > 0;
    },

    hashOf: (text) => keyedHash(ctx.config, ctx.tenant.id, text),
  };
}
