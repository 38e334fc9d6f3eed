import { sql } from "drizzle-orm";
import { actions, connections, orders, refunds } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ordersReadAt } from "#server/domain/commerce/orders-read-at.ts";
import { leftOf, refundsOf } from "#server/domain/commerce/refunds-of.ts";

const dayMs = 86_400_000;

/** What is counted of both groups. Amounts in minor units. */
export interface Compared {
  treated: Counts;
  control: Counts;
  /** When the first of them was; null of nobody. */
  firstAt: number | null;
}

export interface Counts {
  people: number;
  open: number;
  bought: number;
  alsoOthers: number;
  /** By currency what each customer spent; those who spent nothing in it are not listed. */
  spent: ReadonlyMap<string, { minor: number; bought: boolean }[]>;
}

interface Row {
  what: "people" | "bought" | "others" | "spent";
  control: 0 | 1;
  /** How many, or an amount. */
  number: number;
  currency: string | null;
  /** Of people whether their days are over, of an amount whether something was bought. */
  so: 0 | 1;
  firstAt: number | null;
}

/**
 * Who was in the comparison since an instant, and what they bought within their days. A customer counts once, from the first time on, in the
 * group that they were in then. Of the shop that it was last about: what was about one that is replaced or disconnected has no orders to be
 * compared with. A customer's days are over once the shop's orders were read after them. A cancelled order is none; what was given back is
 * taken off, in the currency in which it was; a customer bought where an order is left that is worth something.
 */
export async function readCompared(
  ctx: TenantCtx,
  { automation, since, days }: { automation: string; since: number; days: number },
): Promise<Compared> {
  const tenant = ctx.tenant.id;
  const rows = await ctx.db.all<Row>(sql`
    with shop as materialized (
      select a.connection_id as id from ${actions} a cross join ${connections} c on c.tenant_id = a.tenant_id and c.id = a.connection_id
      where a.tenant_id = ${tenant} and a.automation = ${automation} and a.created_at >= ${since} and a.control is not null and c.status <> 'disconnected'
      order by a.created_at desc limit 1
    ), first as (
      select a.connection_id, a.customer_id, a.control, min(a.created_at) as at from shop cross join ${actions} a
      where a.tenant_id = ${tenant} and a.automation = ${automation} and a.created_at >= ${since} and a.control is not null and a.connection_id = shop.id
      group by a.customer_id
    ), person as materialized (
      select *, at + ${days * dayMs} as until, at + ${days * dayMs} <= ${ordersReadAt(ctx)} as over from first
    ), bought as materialized (
      select p.control, p.customer_id, o.connection_id, o.external_id, o.currency, ${leftOf(ctx, "o")} as minor
      from person p cross join ${orders} o on o.tenant_id = ${tenant} and o.connection_id = p.connection_id and o.customer_id = p.customer_id
        and o.placed_at > p.at and o.placed_at <= p.until and o.cancelled_at is null
      where p.over
    ), flow as (
      select control, customer_id, currency, minor from bought
      union all
      select b.control, b.customer_id, r.currency, -r.amount_minor from bought b cross join ${refunds} r
        on ${refundsOf(ctx, "b")} and r.currency <> b.currency
    )
    select 'people' as what, control, count(*) as number, null as currency, over as so, min(at) as firstAt from person group by control, over
    union all
    select 'bought', control, count(distinct customer_id), null, 1, null from bought where minor > 0 group by control
    union all
    select 'others', control, count(*), null, 1, null from person p where over and exists (
      select 1 from ${actions} a where a.tenant_id = ${tenant} and a.customer_id = p.customer_id and a.decided_at >= p.at and a.decided_at <= p.until
        and a.connection_id = p.connection_id and a.automation <> ${automation} and a.status in ('done', 'undone')) group by control
    union all
    select 'spent', control, sum(minor), currency, max(minor > 0), null from flow group by customer_id, control, currency`);
  return {
    treated: countsOf(rows.filter(({ control }) => !control)),
    control: countsOf(rows.filter(({ control }) => control)),
    firstAt: rows.reduce<number | null>((first, { firstAt }) => (firstAt === null ? first : Math.min(first ?? firstAt, firstAt)), null),
  };
}

function countsOf(rows: readonly Row[]): Counts {
  const of = (what: Row["what"], so = 1) => rows.find((row) => row.what === what && row.so === so)?.number ?? 0;
  const spent = new Map<string, { minor: number; bought: boolean }[]>();
  for (const { what, currency, number, so } of rows) {
    if (what !== "spent" || currency === null) continue;
    const amounts = spent.get(currency) ?? [];
    amounts.push({ minor: number, bought: so === 1 });
    spent.set(currency, amounts);
  }
  return { people: of("people"), open: of("people", 0), bought: of("bought"), alsoOthers: of("others"), spent };
}
