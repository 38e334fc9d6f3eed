import { type SQL, sql } from "drizzle-orm";
import { actions, connections, orderContents, referralCodes, referrals } from "#db/schema/index.ts";
import type { ActionReason, ActionState } from "#db/words/actions.ts";
import { type ReferralState, type RefusalReason, refusalReasons } from "#db/words/referrals.ts";
import { referralProgramAutomation } from "#server/catalog/automations/referral-program-automation.ts";
import { returnableUntil, tellsWithinMs } from "#server/catalog/referrals.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { settingsOf } from "#server/domain/learning/settings-of.ts";
import { referralsOf } from "./referrals-of.ts";
import { type ReadReferrals, type Referral, type Referrals, type Referrer, referralStandings } from "./schemas.ts";

/** Of each referrer so many orders are listed, and so many levels of friends below one who was asked for, or whom nobody brought. */
const listedOrders = 20;
const listedOfOne = 500;
const levels = 4;

interface Shop {
  id: string;
  returnDays: number;
  tells: boolean;
  now: number;
}

/**
 * Who brought whom to the client's shop (of several the one that is connected, and last): figures of all, and a page of those who brought
 * others with their friends below them.
 */
export async function readReferrals(ctx: TenantCtx, asked: ReadReferrals): Promise<Referrals> {
  requirePermission(ctx, "portal:read");
  const id = await shopOf(ctx);
  if (id === null) return { ...nothing, standing: { ...nobody } };
  const now = ctx.now();
  const { config } = await settingsOf(ctx, referralProgramAutomation);
  const tells = await referralsOf(ctx, id).tellsDeliveries(now - tellsWithinMs);
  const shop: Shop = { id, tells, now, returnDays: Number(config.returnDays) };
  const [figures, roots] = await Promise.all([figuresOf(ctx, shop), rootsOf(ctx, shop, asked)]);
  const listed = await below(ctx, shop, roots.customers, asked.of === undefined ? listedOrders : listedOfOne);
  return { ...figures, ...listed, next: roots.next };
}

const nobody = Object.fromEntries(referralStandings.map((name) => [name, 0])) as Referrals["standing"];
const nothing: Omit<Referrals, "standing"> = {
  ...{ codes: 0, friends: 0, bought: [], waits: null, refused: [], referrers: [], referrals: [], next: null },
};

const ownRows = (ctx: TenantCtx, shop: string) => sql`r.tenant_id = ${ctx.tenant.id} and r.connection_id = ${shop}`;

/** The shops that have codes, found by jumping from one to the next. */
async function shopOf(ctx: TenantCtx): Promise<string | null> {
  const next = (after: SQL) =>
    sql`(select min(k.connection_id) from ${referralCodes} k where k.tenant_id = ${ctx.tenant.id} and k.connection_id > ${after})`;
  const [row] = await ctx.db.all<{ id: string }>(sql`
    with recursive shop(id) as (select ${next(sql`''`)} union all select ${next(sql`shop.id`)} from shop where shop.id is not null)
    select shop.id as id from shop left join ${connections} c on c.tenant_id = ${ctx.tenant.id} and c.id = shop.id
    where shop.id is not null order by coalesce(c.status, 'active') = 'active' desc, c.connected_at desc limit 1`);
  return row?.id ?? null;
}

interface Stood {
  state: ReferralState;
  reason: RefusalReason | null;
  status: ActionState | null;
  void: ActionReason | null;
}

/** Where one stands, by what was found of it and what became of its reward; of one that is not judged, whether it can still be returned. */
function standingOf({ state, reason, status, void: why }: Stood, isReturnable: boolean): Pick<Referral, "state" | "reason"> {
  if (state === "refused") return { state, reason };
  if (state === "found") return { state: isReturnable ? "waiting" : "held", reason: null };
  switch (status) {
    case "done":
      return { state: "rewarded", reason: null };
    case "rejected":
    case "expired":
    case "failed":
    case "undone":
      return { state: "lapsed", reason: status };
    case "voided":
      if (why === "returned" || why === "cancelled") return { state: "refused", reason: why };
      return { state: "lapsed", reason: why === "unsubscribed" ? why : "void" };
    default:
      return { state: "proposed", reason: null };
  }
}

/** Until when an order may come back, in SQL, as `returnableUntil` says it. */
const untilOf = ({ returnDays, tells }: Shop): SQL => {
  const days = (of: { placedAt: number; deliveredAt: number | null }) => returnableUntil(of, { returnDays, tells });
  return sql`coalesce(c.delivered_at + ${days({ placedAt: 0, deliveredAt: 0 })}, r.placed_at + ${days({ placedAt: 0, deliveredAt: null })})`;
};
const withOrder = sql`left join ${orderContents} c on c.tenant_id = r.tenant_id and c.connection_id = r.connection_id and c.external_id = r.order_id`;
/** What `standingOf` calls refused: also what came back after its reward was proposed. */
const isRefused = sql`(r.state = 'refused' or (a.status is 'voided' and a.reason in ('returned', 'cancelled')))`;
const withReward = sql`left join ${actions} a on a.tenant_id = r.tenant_id and a.id = r.action_id`;

async function figuresOf(ctx: TenantCtx, shop: Shop): Promise<Omit<Referrals, "referrers" | "referrals" | "next">> {
  const until = untilOf(shop);
  const [made, friends, stood, [open]] = await Promise.all([
    ctx.db.all<{
      codes: number;
    }>(sql`select count(*) as codes from ${referralCodes} r join ${actions} a on a.tenant_id = r.tenant_id and a.id = r.action_id
      where ${ownRows(ctx, shop.id)} and a.status = 'done'`),
    ctx.db.all<{ friends: number }>(
      sql`select count(distinct r.friend_id) as friends from ${referrals} r ${withReward} where ${ownRows(ctx, shop.id)} and not ${isRefused}`,
    ),
    ctx.db.all<Stood & { currency: string; orders: number; minor: number }>(sql`
      select r.state as state, r.reason as reason, a.status as status, a.reason as void, r.currency as currency, count(*) as orders, sum(r.value_minor) as minor
      from ${referrals} r ${withReward} where ${ownRows(ctx, shop.id)} group by 1, 2, 3, 4, 5`),
    ctx.db.all<{ waiting: number; from: number | null; until: number | null }>(sql`
      select count(*) as waiting, min(u) as "from", max(u) as until from (
        select ${until} as u from ${referrals} r ${withOrder} where ${ownRows(ctx, shop.id)} and r.state = 'found') where u > ${shop.now}`),
  ]);
  const standing = { ...nobody };
  const bought = new Map<string, number>();
  const refused = new Map<string, number>();
  for (const { orders, minor, currency, ...row } of stood) {
    const { state, reason } = standingOf(row, false);
    standing[state] += orders;
    if (state === "refused") refused.set(String(reason), (refused.get(String(reason)) ?? 0) + orders);
    else bought.set(currency, (bought.get(currency) ?? 0) + minor);
  }
  const waiting = open?.waiting ?? 0;
  return {
    codes: made[0]?.codes ?? 0,
    friends: friends[0]?.friends ?? 0,
    bought: [...bought].map(([currency, minor]) => ({ minor, currency })),
    standing: { ...standing, waiting, held: standing.held - waiting },
    waits: open && open.from !== null && open.until !== null ? { from: open.from, until: open.until } : null,
    refused: refusalReasons.flatMap((reason) => (refused.has(reason) ? [{ reason, orders: refused.get(reason) ?? 0 }] : [])),
  };
}

/** A page of those whom nobody brought, who brought most first. */
async function rootsOf(
  ctx: TenantCtx,
  shop: Shop,
  { cursor, of, limit }: ReadReferrals,
): Promise<{ customers: string[]; next: string | null }> {
  if (of !== undefined) return { customers: [of], next: null };
  const [friends, customer] = cursor?.split("~") ?? [];
  const behind =
    cursor === undefined
      ? sql``
      : sql`having friends < ${Number(friends)} or (friends = ${Number(friends)} and r.referrer_id > ${customer})`;
  const rows = await ctx.db.all<{ customer: string; friends: number }>(sql`
    select r.referrer_id as customer, sum(r.state <> 'refused') as friends from ${referrals} r
    where ${ownRows(ctx, shop.id)} and not exists (select 1 from ${referrals} b where b.tenant_id = r.tenant_id
      and b.connection_id = r.connection_id and b.friend_id = r.referrer_id and b.state <> 'refused')
    group by r.referrer_id ${behind} order by friends desc, r.referrer_id limit ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { customers: page.map((row) => row.customer), next: rows.length > limit && last ? `${last.friends}~${last.customer}` : null };
}

type Row = Stood & {
  referrer: string;
  friend: string | null;
  order: string;
  placedAt: number;
  minor: number;
  currency: string;
  until: number;
};

/** Those customers' latest orders, and in turn those of the friends who brought others. */
async function below(
  ctx: TenantCtx,
  shop: Shop,
  roots: readonly string[],
  most: number,
): Promise<Pick<Referrals, "referrers" | "referrals">> {
  const found: Referral[] = [];
  const seen = new Set(roots);
  let level = [...roots];
  for (let depth = 0; depth < levels && level.length > 0; depth++) {
    const rows = await ctx.db.all<Row>(sql`
      select * from (
        select r.referrer_id as referrer, r.friend_id as friend, r.order_id as "order", r.placed_at as placedAt, r.value_minor as minor, r.currency as currency,
          r.state as state, r.reason as reason, a.status as status, a.reason as void, ${untilOf(shop)} as until,
          row_number() over (partition by r.referrer_id order by r.placed_at desc, r.order_id desc) as place
        from ${referrals} r ${withReward} ${withOrder}
        where ${ownRows(ctx, shop.id)} and r.referrer_id in (select value from json_each(${JSON.stringify(level)}))
      ) where place <= ${most} order by referrer, place`);
    found.push(...rows.map((row) => referralOf(row, shop)));
    level = rows.flatMap(({ friend, state }) => (friend !== null && state !== "refused" && !seen.has(friend) ? [friend] : []));
    for (const friend of level) seen.add(friend);
  }
  return { referrers: await referrersOf(ctx, shop, { customers: [...seen], roots }), referrals: found };
}

function referralOf({ referrer, friend, order, placedAt, minor, currency, until, ...row }: Row, { now }: Shop): Referral {
  const standing = standingOf(row, until > now);
  return { referrer, friend, order, placedAt, value: { minor, currency }, ...standing, until: standing.state === "waiting" ? until : null };
}

/** What each of these brought in all, the roots first and in their order. */
async function referrersOf(
  ctx: TenantCtx,
  shop: Shop,
  { customers, roots }: { customers: readonly string[]; roots: readonly string[] },
): Promise<Referrer[]> {
  const rows = await ctx.db.all<{ customer: string; currency: string; orders: number; friends: number; minor: number }>(sql`
    select r.referrer_id as customer, r.currency as currency, count(*) as orders, sum(not ${isRefused}) as friends,
      sum(case when ${isRefused} then 0 else r.value_minor end) as minor
    from ${referrals} r ${withReward} where ${ownRows(ctx, shop.id)} and r.referrer_id in (select value from json_each(${JSON.stringify(customers)})) group by 1, 2`);
  const all = new Map<string, Referrer>();
  for (const { customer, currency, orders, friends, minor } of rows) {
    const known = all.get(customer) ?? { customer, root: roots.includes(customer), orders: 0, friends: 0, bought: [] };
    const bought = friends > 0 ? [...known.bought, { minor, currency }] : known.bought;
    all.set(customer, { ...known, orders: known.orders + orders, friends: known.friends + friends, bought });
  }
  return customers.flatMap((customer) => all.get(customer) ?? []);
}
