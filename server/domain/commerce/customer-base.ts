import { and, eq, gt, lte, ne, type SQL, sql } from "drizzle-orm";
import { customerModels, customerScores, orders } from "#db/schema/index.ts";
import type { BuyerHistory, CustomerBase } from "#server/catalog/customer-base.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/**
 * How a shop's customers buy, put together in D1; of one connection, since customers' ids are a shop's own. Without one there is
 * nothing to ask, and nobody bought.
 */
export function customerBase(ctx: TenantCtx, connectionId = ""): CustomerBase {
  const ofShop = eq(orders.connectionId, connectionId);
  const bought = (until: string, more?: SQL) =>
    inTenant(
      ctx,
      orders,
      and(ofShop, sql`${orders.customerId} is not null and ${orders.cancelledAt} is null`, lte(orders.day, until), more),
    );
  const days = (from: SQL, to: SQL | string) => sql`cast(julianday(${to}) - julianday(${from}) as integer)`;
  const min = sql`min(${orders.day})`;
  const max = sql`max(${orders.day})`;

  return {
    async size(until) {
      const [row] = await ctx.db.all<Awaited<ReturnType<CustomerBase["size"]>>>(sql`
        select count(*) as bought, coalesce(sum(first < last), 0) as boughtAgain, min(first) as firstDay,
          (select ${orders.currency} from ${orders} where ${inTenant(ctx, orders, ofShop, lte(orders.day, until))}
            order by ${orders.placedAt} desc limit 1) as currency
        from (select ${min} as first, ${max} as last from ${orders} where ${bought(until)} group by ${orders.customerId})`);
      if (!row) throw new Error("an aggregate answers one row");
      return row;
    },

    histories: (until) =>
      ctx.db.all<BuyerHistory & { customers: number }>(sql`
        select frequency, recency, age, count(*) as customers from (
          select count(distinct ${orders.day}) - 1 as frequency, ${days(min, max)} as recency, ${days(min, until)} as age
          from ${orders} where ${bought(until)} group by ${orders.customerId}
        ) group by 1, 2, 3 order by 1, 2, 3`),

    past: ({ from, until, currency, after, limit }) =>
      ctx.db.all(sql`
        select ${orders.customerId} as customerId, count(distinct case when day <= ${from} then day end) - 1 as frequency,
          ${days(sql`min(day)`, sql`max(case when day <= ${from} then day end)`)} as recency, ${days(sql`min(day)`, from)} as age,
          coalesce(sum(case when day <= ${from} and currency = ${currency} then gross_minor end), 0) as spentMinor,
          count(distinct case when day > ${from} then day end) as came
        from ${orders} where ${bought(until, after === null ? undefined : gt(orders.customerId, after))}
        group by ${orders.customerId} having min(day) <= ${from} order by ${orders.customerId} limit ${limit}`),

    async buyers({ until, currency, after, limit }) {
      const behind = after === null ? undefined : gt(orders.customerId, after);
      const found = await ctx.db.all<{
        customerId: string;
        frequency: number;
        recency: number;
        age: number;
        spent: number;
        priced: number;
        first: string;
      }>(sql`
        select customer_id as customerId, count(*) - 1 as frequency, ${days(sql`min(day)`, sql`max(day)`)} as recency,
          ${days(sql`min(day)`, until)} as age, coalesce(sum(amount), 0) as spent, count(amount) as priced,
          substr(min(day || coalesce(amount, '')), 11) as first
        from (
          select ${orders.customerId} as customer_id, ${orders.day} as day,
            sum(case when ${orders.currency} = ${currency} then ${orders.grossMinor} end) as amount
          from ${orders} where ${bought(until, behind)} and ${orders.customerId} <= (
            select max(customer_id) from (select distinct ${orders.customerId} as customer_id from ${orders}
              where ${bought(until, behind)} order by 1 limit ${limit}))
          group by 1, 2
        ) group by customer_id order by customer_id`);
      return found.map(({ spent, priced, first, ...history }) => {
        const repeatOrders = priced - (first === "" ? 0 : 1);
        const repeatMeanMinor = repeatOrders > 0 ? (spent - Number(first)) / repeatOrders : 0;
        return { ...history, spentMinor: spent, orders: priced, repeatOrders, repeatMeanMinor };
      });
    },

    async model() {
      const [row] = await ctx.db
        .select()
        .from(customerModels)
        .where(inTenant(ctx, customerModels, eq(customerModels.connectionId, connectionId)));
      return row ?? null;
    },

    async scoredUntil() {
      const others = inTenant(
        ctx,
        customerScores,
        eq(customerScores.connectionId, connectionId),
        ne(customerScores.asOf, customerModels.scoredUntil),
      );
      const [row] = await ctx.db
        .select({ day: customerModels.scoredUntil })
        .from(customerModels)
        .where(
          inTenant(
            ctx,
            customerModels,
            eq(customerModels.connectionId, connectionId),
            sql`not exists (select 1 from ${customerScores} where ${others})`,
          ),
        );
      return row?.day ?? null;
    },

    scores: ({ among, after = null, limit }) =>
      ctx.db
        .select({
          customerId: customerScores.customerId,
          asOf: customerScores.asOf,
          chance30: customerScores.chance30,
          chance90: customerScores.chance90,
          orders90: customerScores.orders90,
          valueMinor: customerScores.valueMinor,
          currency: customerScores.currency,
          segment: customerScores.segment,
        })
        .from(customerScores)
        .where(
          inTenant(
            ctx,
            customerScores,
            eq(customerScores.connectionId, connectionId),
            among === undefined ? undefined : sql`${customerScores.customerId} in (select value from json_each(${JSON.stringify(among)}))`,
            after === null ? undefined : gt(customerScores.customerId, after),
          ),
        )
        .orderBy(customerScores.customerId)
        .limit(limit),
  };
}
