import { and, countDistinct, desc, eq, gt, gte, isNull, lt, lte, min, ne, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { customers, deletedOrders, orderContents, orders, products, refunds, variantPrices, variants } from "#db/schema/index.ts";
import { goneProduct } from "#db/words/commerce.ts";
import type { BuyableAgain, Purchase, ShopHistory } from "#server/catalog/shop-history.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isReduced } from "./refunds-of.ts";

const msPerDay = 86_400_000;

/**
 * What a shop has sold, as far as its orders are stored: of one connection, since a client may have had another shop before, or has
 * two; without it of all shops that the client ever had. Aggregated in D1 over covering indexes: no order leaves the database. Amounts
 * of two currencies are never added: the summary's are of the currency of the latest order, with those of others beside it. Counts are
 * of all orders. An order that is stamped ahead is not the latest one, and no purchase, before its day.
 */
export function shopHistory(ctx: TenantCtx, connectionId?: string): ShopHistory {
  const of = (column: SQLiteColumn) => (connectionId === undefined ? undefined : eq(column, connectionId));
  const sold = (more?: SQL) => inTenant(ctx, orders, of(orders.connectionId), more);
  const givenBack = (more?: SQL) => inTenant(ctx, refunds, of(refunds.connectionId), more);
  const begun = (today?: string) => (today === undefined ? undefined : lte(orders.day, today));
  /** Purchases of known customers; what was cancelled is none. */
  const bought = (today?: string) => sold(and(sql`${orders.customerId} is not null and ${orders.cancelledAt} is null`, begun(today)));
  const latestCurrency = (within?: SQL) =>
    sql`(select ${orders.currency} from ${orders} where ${sold(within)} order by ${orders.placedAt} desc limit 1)`;

  /** A page of customers who bought on at least two days; and where the next begins. */
  async function regulars({ today, after, limit }: { today: string; after: string | null; limit: number }) {
    const found = await ctx.db
      .select({ id: sql<string>`${orders.customerId}`, lastAt: sql<number>`max(${orders.placedAt})` })
      .from(orders)
      .where(and(bought(today), after === null ? undefined : gt(orders.customerId, after)))
      .groupBy(orders.customerId)
      .having(sql`count(distinct ${orders.day}) >= 2`)
      .orderBy(orders.customerId)
      .limit(limit);
    return { found, next: found.length < limit ? null : (found.at(-1)?.id ?? null) };
  }
  /** Each product of which one of these customers kept something on at least two days; `latest`: the variant of the last of them. */
  const keptAgain = (customerIds: readonly string[], today: string, meant = sql`l.value ->> 1 is not null`) => sql`
    select ${orders.customerId} as customerId, l.value ->> 1 as product, json_group_array(distinct ${orders.day}) as days,
      max(${orders.placedAt}) as at, l.value ->> 2 as latest
    from ${orders} join ${orderContents} on ${orderContents.tenantId} = ${orders.tenantId}
        and ${orderContents.connectionId} = ${orders.connectionId} and ${orderContents.externalId} = ${orders.externalId},
      json_each(${orderContents.lines}) l
    where ${bought(today)} and ${amongTexts(orders.customerId, customerIds)} and l.value ->> 4 > 0 and ${meant}
    group by 1, 2 having count(distinct ${orders.day}) >= 2`;
  const daysIn = (json: string) => (JSON.parse(json) as string[]).sort();

  return {
    daily: (from) =>
      ctx.db.all(sql`
        select day, currency, sum(orders) as orders, sum(gross) as grossMinor, sum(refunds) as refundsMinor from (
          select ${orders.day} as day, ${orders.currency} as currency, count(*) as orders, sum(${orders.grossMinor}) as gross, 0 as refunds
            from ${orders} where ${sold(sql`${orders.day} >= ${from}`)} group by 1, 2
          union all
          select ${refunds.day}, ${refunds.currency}, 0, 0, sum(${refunds.amountMinor})
            from ${refunds} where ${givenBack(sql`${refunds.day} >= ${from}`)} group by 1, 2
        ) group by 1, 2 order by 1, 2`),

    async daysOf(orderExternalIds) {
      const ids = sql`(select value from json_each(${JSON.stringify(orderExternalIds)}))`;
      const found = await ctx.db.all<{ day: string }>(sql`
        select ${orders.day} as day from ${orders} where ${sold(sql`${orders.externalId} in ${ids}`)}
        union
        select ${refunds.day} from ${refunds} where ${givenBack(sql`${refunds.orderExternalId} in ${ids}`)} order by 1`);
      return found.map(({ day }) => day);
    },

    async emptied(since) {
      const found = await ctx.db.all<{ day: string }>(sql`
        select distinct j.value as day from ${deletedOrders}, json_each(${deletedOrders.days}) j
        where ${inTenant(ctx, deletedOrders, of(deletedOrders.connectionId), gte(deletedOrders.deletedAt, since))} order by 1`);
      return found.map(({ day }) => day);
    },

    async summary(today) {
      const currency = today === undefined ? latestCurrency() : sql`coalesce(${latestCurrency(begun(today))}, ${latestCurrency()})`;
      const inCurrency = (row: SQL, amount: SQL) => sql`coalesce(sum(case when ${row} = ${currency} then ${amount} end), 0)`;
      const gross = inCurrency(sql`${orders.currency}`, sql`${orders.grossMinor}`);
      const returned = inCurrency(sql`${refunds.currency}`, sql`${refunds.amountMinor}`);
      const [totals] = await ctx.db.all<Awaited<ReturnType<ShopHistory["summary"]>>>(sql`
        select bought.*, sold.*, ${currency} as currency,
          (select ${returned} from ${refunds} where ${givenBack()}) as refundsMinor
        from
          (select count(*) as orders, ${gross} as grossMinor from ${orders} where ${sold()}) as sold,
          (select count(distinct ${orders.customerId}) as customers,
            count(*) - count(${orders.customerId}) as guestOrders from ${orders} where ${sold()}) as bought`);
      if (!totals) throw new Error("an aggregate answers one row");
      return totals;
    },

    byCurrency: () =>
      ctx.db.all(sql`
        select currency, sum(orders) as orders, sum(gross) as grossMinor, sum(refunds) as refundsMinor from (
          select ${orders.currency} as currency, count(*) as orders, sum(${orders.grossMinor}) as gross, 0 as refunds
            from ${orders} where ${sold()} group by 1
          union all
          select ${refunds.currency}, 0, 0, sum(${refunds.amountMinor}) from ${refunds} where ${givenBack()} group by 1
        ) group by 1 order by 2 desc, 1`),

    async repeat(today) {
      const [row] = await ctx.db.all<{ customers: number; repeatCustomers: number }>(sql`
        select count(*) as customers, coalesce(sum(placed > 1), 0) as repeatCustomers from (
          select count(*) as placed from ${orders} where ${bought(today)} group by ${orders.customerId}
        )`);
      return row ?? { customers: 0, repeatCustomers: 0 };
    },

    cohorts(months, today) {
      const latest = today === undefined ? sql`(select max(month) from purchases)` : sql`${today.slice(0, 7)}`;
      return ctx.db.all(sql`
        with purchases as (
          select distinct ${orders.customerId} as customer, substr(${orders.day}, 1, 7) as month,
            min(substr(${orders.day}, 1, 7)) over (partition by ${orders.customerId}) as cohort
          from ${orders} where ${bought(today)}
        )
        select cohort, ${monthsBetween(sql`cohort`, sql`month`)} as offset, count(*) as customers
        from purchases where ${monthsBetween(sql`cohort`, latest)} < ${months}
        group by 1, 2 order by 1, 2`);
    },

    async gaps(today) {
      const [row] = await ctx.db.all<{ medianDays: number | null; meanDays: number | null; gaps: number }>(sql`
        with gaps as (
          select ${orders.placedAt} - lag(${orders.placedAt})
            over (partition by ${orders.customerId} order by ${orders.placedAt}) as ms
          from ${orders} where ${bought(today)}
        ), ranked as (
          select ms, row_number() over (order by ms) as place, count(*) over () as many from gaps where ms is not null
        )
        select avg(case when place in ((many + 1) / 2, (many + 2) / 2) then ms end) / ${msPerDay} as medianDays,
          avg(ms) / ${msPerDay} as meanDays, count(*) as gaps from ranked`);
      if (!row || row.medianDays === null || row.meanDays === null) return null;
      return { medianDays: row.medianDays, meanDays: row.meanDays, gaps: row.gaps };
    },

    async reachable() {
      const [row] = await ctx.db
        .select({
          email: sql<number>`coalesce(sum(${customers.mailConsent} = 'subscribed'), 0)`,
          sms: sql<number>`coalesce(sum(${customers.smsConsent} = 'subscribed'), 0)`,
        })
        .from(customers)
        .where(inTenant(ctx, customers, of(customers.connectionId)));
      return row ?? { email: 0, sms: 0 };
    },

    async moved({ until, limit }) {
      const found = await ctx.db
        .select({ id: orderContents.externalId })
        .from(orderContents)
        .where(inTenant(ctx, orderContents, of(orderContents.connectionId), sql`moved_at is not null`, lte(orderContents.movedAt, until)))
        .orderBy(orderContents.movedAt, orderContents.externalId)
        .limit(limit);
      return found.map(({ id }) => id);
    },

    async onTheWay({ since, after, limit }) {
      const found = await ctx.db
        .select({ id: orderContents.externalId })
        .from(orderContents)
        .leftJoin(orders, and(sameShop(orders, orderContents), eq(orders.externalId, orderContents.externalId)))
        .where(
          inTenant(
            ctx,
            orderContents,
            of(orderContents.connectionId),
            isNull(orderContents.deliveredAt),
            isNull(orders.cancelledAt),
            gte(orderContents.updatedAt, since),
            after === null ? undefined : gt(orderContents.externalId, after),
          ),
        )
        .orderBy(orderContents.externalId)
        .limit(limit);
      return found.map(({ id }) => id);
    },

    async delivered({ from, until, channel, after, limit }) {
      const dearest = sql`(select l.value ->> 1 from json_each(${orderContents.lines}) l where l.value ->> 1 is not null
        order by l.value ->> 6 desc, l.key limit 1)`;
      const rows = await ctx.db
        .select({
          order: orderContents.externalId,
          customerId: customers.externalId,
          deliveredAt: sql<number>`${orderContents.deliveredAt}`,
          grossMinor: orders.grossMinor,
          currency: orders.currency,
          product: { id: products.externalId, title: products.title, url: products.url },
        })
        .from(orderContents)
        .innerJoin(orders, theirOrder)
        .innerJoin(customers, reachedBy(channel))
        .leftJoin(products, and(sameShop(products, orderContents), eq(products.externalId, dearest), ne(products.status, goneProduct)))
        .where(
          inTenant(
            ctx,
            orderContents,
            of(orderContents.connectionId),
            gte(orderContents.deliveredAt, from),
            lt(orderContents.deliveredAt, until),
            after === null
              ? undefined
              : sql`(${orderContents.deliveredAt}, ${orderContents.externalId}) > (${after.deliveredAt}, ${after.order})`,
            sql`not ${isReduced(orderContents.lines)}`,
            sql`not exists (select 1 from ${refunds} r where r.tenant_id = ${orderContents.tenantId}
              and r.connection_id = ${orderContents.connectionId} and r.order_external_id = ${orderContents.externalId})`,
          ),
        )
        .orderBy(orderContents.deliveredAt, orderContents.externalId)
        .limit(limit);
      return rows;
    },

    async offer({ variant, before, days }) {
      const from = before - days * msPerDay;
      const prices = (more: SQL) =>
        inTenant(ctx, variantPrices, of(variantPrices.connectionId), eq(variantPrices.variantId, variant), more);
      // The price that held as that time began was set before it.
      const begun = sql`(select max(${variantPrices.since}) from ${variantPrices} where ${prices(lte(variantPrices.since, from))})`;
      // No batch: it answers by names, and both tables have a title.
      const [[sold], [cost]] = await Promise.all([
        ctx.db
          .select({
            product: { id: products.externalId, title: products.title, url: products.url, status: products.status },
            variantTitle: variants.title,
            priceMinor: variants.priceMinor,
            currency: variants.currency,
            stock: variants.stock,
          })
          .from(variants)
          .innerJoin(products, and(sameShop(products, variants), eq(products.externalId, variants.productId)))
          .where(inTenant(ctx, variants, of(variants.connectionId), eq(variants.externalId, variant))),
        ctx.db
          .select({
            lowest: min(variantPrices.priceMinor),
            currencies: countDistinct(variantPrices.currency),
            currency: min(variantPrices.currency),
          })
          .from(variantPrices)
          .where(prices(sql`${variantPrices.since} < ${before} and ${variantPrices.since} >= ${begun}`)),
      ]);
      if (!sold) return null;
      const comparable = cost !== undefined && cost.currencies === 1 && cost.currency === sold.currency;
      return { ...sold, lowestMinor: comparable ? cost.lowest : null };
    },

    boughtBefore({ product, kind, quietSince, channel, first, without, limit }) {
      const ofShop = (table: OfShop) => inTenant(ctx, table, of(table.connectionId));
      const type = sql`(select ${products.type} from ${products} where ${ofShop(products)} and ${products.externalId} = ${product})`;
      const meant = kind
        ? // What has no type is of no kind but its own.
          sql`(select ${product} union select ${products.externalId} from ${products} where ${ofShop(products)} and ${products.type} <> '' and ${products.type} = ${type})`
        : sql`(${product})`;
      const mayHave = kind ? undefined : mayName(product);
      const lastAt = sql<number>`max(${orders.placedAt})`;
      const many = sql<number>`count(*)`;
      return ctx.db
        .select({ customerId: customers.externalId, orders: many, lastAt })
        .from(orderContents)
        .innerJoin(orders, theirOrder)
        .innerJoin(customers, reachedBy(channel))
        .where(
          inTenant(
            ctx,
            orderContents,
            of(orderContents.connectionId),
            mayHave,
            sql`exists (select 1 from json_each(${orderContents.lines}) l where l.value ->> 4 > 0 and l.value ->> 1 in ${meant})`,
            sql`${customers.externalId} not in (select value from json_each(${JSON.stringify(without)}))`,
            orderedNothingSince(quietSince),
          ),
        )
        .groupBy(customers.externalId)
        .orderBy(...(first === "latest" ? [desc(lastAt), desc(many)] : [desc(many), desc(lastAt)]), customers.externalId)
        .limit(limit);
    },

    async neverBought({ product, customers: asked, quietSince, channel, limit }) {
      const bought = sql`select 1 from ${orders} join ${orderContents} on ${theirOrder}
        where ${sameShop(orders, customers)} and ${orders.customerId} = ${customers.externalId} and ${mayName(product)}
        and exists (select 1 from json_each(${orderContents.lines}) l where l.value ->> 1 = ${product})`;
      const whose = inTenant(
        ctx,
        customers,
        of(customers.connectionId),
        eq(consentTo(channel), "subscribed"),
        orderedNothingSince(quietSince),
      );
      const found = await ctx.db.all<{ id: string }>(sql`
        select ${customers.externalId} as id from json_each(${JSON.stringify(asked)}) a cross join ${customers} on ${customers.externalId} = a.value
        where ${whose} and not exists (${bought}) order by a.key limit ${limit}`);
      return found.map(({ id }) => id);
    },

    async buyers({ minOrders, lastFrom, lastUntil, channel, after, limit }) {
      const found = await ctx.db
        .select({
          customerId: sql<string>`${orders.customerId}`,
          purchases: latestPurchases,
        })
        .from(orders)
        .innerJoin(customers, reachedBy(channel))
        .where(and(bought(), after === null ? undefined : gt(orders.customerId, after)))
        .groupBy(orders.customerId)
        .having(
          sql`count(distinct ${orders.day}) >= ${minOrders} and max(${orders.placedAt}) >= ${lastFrom} and max(${orders.placedAt}) < ${lastUntil}`,
        )
        .orderBy(orders.customerId)
        .limit(limit);
      return found.map(({ customerId, purchases }) => ({ customerId, purchases: purchasesIn(purchases) }));
    },

    async boughtAgain(page) {
      const { found, next } = await regulars(page);
      const ids = found.map(({ id }) => id);
      const kept = await ctx.db.all<{ customerId: string; product: string; days: string }>(
        sql`${keptAgain(ids, page.today)} order by 1, 2`,
      );
      return { items: kept.map(({ customerId, product, days }) => ({ customerId, product, days: daysIn(days) })), next };
    },

    async buyableAgain({ channel, products: wanted, kinds, ...page }) {
      const { found, next } = await regulars(page);
      const lastAt = new Map(found.map((each) => [each.id, each.lastAt]));
      const consent = consentTo(channel);
      const kept = keptAgain([...lastAt.keys()], page.today, amongTexts(sql`l.value ->> 1`, wanted));
      const whose = inTenant(
        ctx,
        customers,
        of(customers.connectionId),
        sql`${customers.externalId} = kept.customerId`,
        eq(consent, "subscribed"),
      );
      const what = inTenant(
        ctx,
        products,
        of(products.connectionId),
        sql`${products.externalId} = kept.product`,
        eq(products.status, "ACTIVE"),
      );
      const which = inTenant(ctx, variants, of(variants.connectionId), sql`${variants.externalId} = kept.latest`);
      const ofKind = sql`(${amongTexts(sql`lower(${products.type})`, kinds)} or ${amongTexts(products.externalId, kinds)})`;
      const rows = await ctx.db.all<Omit<BuyableAgain, "days" | "lastAt"> & { days: string }>(sql`
        with kept as materialized (${kept})
        select kept.customerId as customerId, kept.product as product, kept.days as days, kept.latest as variant,
          ${products.title} as title, ${products.url} as url
        from kept cross join ${customers} on ${whose} cross join ${products} on ${what} cross join ${variants} on ${which}
        where coalesce(${variants.stock}, 1) > 0 and ${kinds.length === 0 ? sql`true` : ofKind}
        order by 1, 2`);
      return { items: rows.map(({ days, ...row }) => ({ ...row, days: daysIn(days), lastAt: lastAt.get(row.customerId) ?? 0 })), next };
    },

    async firstBought({ days, after, limit }) {
      const first = sql<string>`min(${orders.day})`;
      return ctx.db
        .select({ customerId: sql<string>`${orders.customerId}`, day: first })
        .from(orders)
        .where(and(bought(), after === null ? undefined : gt(orders.customerId, after)))
        .groupBy(orders.customerId)
        .having(sql`substr(${first}, 6) in (select value from json_each(${JSON.stringify(days)}))`)
        .orderBy(orders.customerId)
        .limit(limit);
    },

    async agreed({ customers: asked, channel }) {
      const consent = consentTo(channel);
      const found = await ctx.db
        .select({
          customerId: customers.externalId,
          purchases: latestPurchases,
        })
        .from(customers)
        .where(
          inTenant(
            ctx,
            customers,
            of(customers.connectionId),
            eq(consent, "subscribed"),
            sql`${customers.externalId} in (select value from json_each(${JSON.stringify(asked)}))`,
          ),
        )
        .orderBy(customers.externalId);
      return found.map(({ customerId, purchases }) => ({ customerId, purchases: purchasesIn(purchases) }));
    },
  };
}

/** Whether a text is one of these, however many they are. */
const amongTexts = (text: SQLiteColumn | SQL, values: readonly string[]) =>
  sql`${text} in (select value from json_each(${JSON.stringify(values)}))`;

/** Of one customer so many purchases are told: all of a till, or a reseller, are more than D1 puts in a row. */
const mostPurchases = 5_000;
/** Those of the customer who is read, the newest, by time: as `purchasesIn` reads them. Named in full, since the orders' columns are called the same. */
const latestPurchases = sql<string>`(select json_group_array(json_array(p.placed_at, p.day, p.gross_minor, p.currency)) from (
  select * from (select o.placed_at, o.day, o.gross_minor, o.currency from ${orders} o where o.tenant_id = customers.tenant_id
    and o.connection_id = customers.connection_id and o.customer_id = customers.external_id and o.cancelled_at is null
    order by o.placed_at desc limit ${mostPurchases}) order by placed_at) p)`;
const purchasesIn = (json: string): Purchase[] =>
  (JSON.parse(json) as [number, string, number, string][]).map(([at, day, grossMinor, currency]) => ({ at, day, grossMinor, currency }));

type OfShop = { tenantId: SQLiteColumn; connectionId: SQLiteColumn };
/** Of the same client and shop as what it is joined to. */
const sameShop = (one: OfShop, other: OfShop) => and(eq(one.tenantId, other.tenantId), eq(one.connectionId, other.connectionId));

/** The order whose contents it is joined to, where it stands. */
const theirOrder = and(sameShop(orders, orderContents), eq(orders.externalId, orderContents.externalId), isNull(orders.cancelledAt));

const consentTo = (channel: "email" | "sms") => (channel === "email" ? customers.mailConsent : customers.smsConsent);

/** The customer of the order that it is joined to, where they agreed to be written to by this channel. */
const reachedBy = (channel: "email" | "sms") =>
  and(sameShop(customers, orders), eq(customers.externalId, orders.customerId), eq(consentTo(channel), "subscribed"));

/** Whether the contents of an order may name it: most do not, which their text tells sooner than their lines do. */
const mayName = (product: string) => sql`instr(${orderContents.lines}, ${JSON.stringify(product)}) > 0`;

/** Whether the customer has placed no order that stands since then. */
const orderedNothingSince = (since: number) =>
  sql`not exists (select 1 from ${orders} q where q.tenant_id = ${customers.tenantId} and q.connection_id = ${customers.connectionId}
    and q.customer_id = ${customers.externalId} and q.placed_at >= ${since} and q.cancelled_at is null)`;

/** Calendar months from one YYYY-MM to another, in SQL. */
const monthsBetween = (from: SQL, to: SQL) =>
  sql`((substr(${to}, 1, 4) - substr(${from}, 1, 4)) * 12 + substr(${to}, 6, 2) - substr(${from}, 6, 2))`;
