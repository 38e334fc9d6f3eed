import { sql } from "drizzle-orm";
import { actions, catalogRows, connections, customerScores, products, syncs, variants } from "#db/schema/index.ts";
import { type CustomerSegment, customerSegments } from "#db/words/customer-base.ts";
import type { CatalogFacts, CatalogPart, CouponFacts, ListFacts, SyncFacts } from "#db/words/syncs.ts";
import { codesLately } from "#server/catalog/keeping.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { standsTold } from "#server/domain/actions/stands-told.ts";
import { isOthers, whyRefused } from "./kept-catalog.ts";
import { keptCoupons } from "./kept-coupons.ts";
import { membersIn } from "./kept-lists.ts";
import type { KeptListState, ReadSyncs, Syncs } from "./schemas.ts";

const shownRows = 50;

interface At {
  shop: string;
  accountId: string;
  automation: string;
}

/** What an automation keeps in step, of the shop and the account that it compared last. */
export async function readSyncs(ctx: TenantCtx, { automation }: ReadSyncs): Promise<Syncs> {
  requirePermission(ctx, "portal:read");
  const rows = await ctx.db.all<{ shop: string; accountId: string; facts: string; comparedAt: number }>(sql`
    select connection_id as shop, account_id as accountId, facts, compared_at as comparedAt from ${syncs}
    where tenant_id = ${ctx.tenant.id} and automation = ${automation} order by compared_at desc`);
  const [last] = rows;
  if (!last) return { account: null, lists: [], catalog: null, coupon: null };
  const at = { shop: last.shop, accountId: last.accountId, automation };
  const own = rows
    .filter(({ shop, accountId }) => shop === at.shop && accountId === at.accountId)
    .map(({ facts, comparedAt }) => ({ comparedAt, facts: JSON.parse(facts) as SyncFacts }));
  const lists = own.flatMap(({ comparedAt, facts }) => (facts.of === "list" ? [{ comparedAt, facts }] : []));
  const catalog = own.flatMap(({ comparedAt, facts }) => (facts.of === "catalog" ? [{ comparedAt, facts }] : []))[0];
  const coupon = own.flatMap(({ comparedAt, facts }) => (facts.of === "coupon" ? [{ comparedAt, facts }] : []))[0];
  const [account] = await ctx.db.all<{ name: string }>(
    sql`select name from ${connections} where tenant_id = ${ctx.tenant.id} and id = ${at.accountId}`,
  );
  return {
    account: account?.name ?? null,
    lists: lists.length > 0 ? await listsOf(ctx, at, lists) : [],
    catalog: catalog ? await catalogOf(ctx, at, catalog) : null,
    coupon: coupon ? await couponOf(ctx, at, coupon) : null,
  };
}

async function listsOf(ctx: TenantCtx, at: At, compared: readonly { comparedAt: number; facts: ListFacts }[]): Promise<KeptListState[]> {
  const [here, under] = await Promise.all([
    ctx.db.all<{ segment: CustomerSegment; many: number }>(sql`select segment, count(*) as many from ${customerScores}
      where tenant_id = ${ctx.tenant.id} and connection_id = ${at.shop} group by segment`),
    ctx.db.all<{ segment: CustomerSegment; coming: number; leaving: number }>(sql`
      select segment, sum(stands = 'coming') as coming, sum(stands = 'leaving') as leaving from (${membersIn(ctx, at.shop, at)}) group by segment`),
  ]);
  return compared
    .map(({ comparedAt, facts: { of: _, isOurs: __, ...facts } }) => ({
      ...facts,
      here: here.find(({ segment }) => segment === facts.segment)?.many ?? 0,
      coming: under.find(({ segment }) => segment === facts.segment)?.coming ?? 0,
      leaving: under.find(({ segment }) => segment === facts.segment)?.leaving ?? 0,
      comparedAt,
    }))
    .sort((a, b) => customerSegments.indexOf(a.segment) - customerSegments.indexOf(b.segment));
}

async function catalogOf(
  ctx: TenantCtx,
  { shop, accountId, automation }: At,
  { comparedAt, facts: { of: _, ...facts } }: { comparedAt: number; facts: CatalogFacts },
): Promise<Syncs["catalog"]> {
  const ofShop = sql`c.tenant_id = ${ctx.tenant.id} and c.connection_id = ${shop} and c.account_id = ${accountId}`;
  const rows = sql`select c.part, c.external_id, c.product_id, c.is_gone, a.finished_at, ${whyRefused} as why, ${isOthers} as others, ${standsTold(ctx, automation, "a")} as stands
    from ${catalogRows} c left join ${actions} a on a.tenant_id = c.tenant_id and a.id = c.sent_by where ${ofShop}`;
  const [counted, refused] = await Promise.all([
    ctx.db.all<{ part: CatalogPart; there: number; waiting: number; hidden: number; refused: number; others: number }>(sql`
      select part, sum(stands = 'done' and why is null and not others and not is_gone) as there, sum(stands = 'coming') as waiting,
        sum(stands = 'done' and why is null and not others and is_gone) as hidden, sum(stands = 'done' and why is not null) as refused,
        sum(stands = 'done' and others and not is_gone) as others
      from (${rows}) group by part`),
    ctx.db.all<{ part: CatalogPart; id: string; title: string | null; why: string; at: number | null }>(sql`
      select r.part, r.external_id as id, r.why, r.finished_at as at, p.title || case when v.title is null or v.title = 'Default Title' then '' else ' – ' || v.title end as title
      from (${rows}) r
        left join ${products} p on p.tenant_id = ${ctx.tenant.id} and p.connection_id = ${shop} and p.external_id = r.product_id
        left join ${variants} v on v.tenant_id = ${ctx.tenant.id} and v.connection_id = ${shop} and r.part = 'variant' and v.external_id = r.external_id
      where r.stands = 'done' and r.why is not null order by r.finished_at desc, r.part, r.external_id limit ${shownRows}`),
  ]);
  const of = (part: CatalogPart) => counted.find((row) => row.part === part)?.there ?? 0;
  const sum = (name: "waiting" | "hidden" | "refused" | "others") => counted.reduce((total, row) => total + row[name], 0);
  return {
    ...facts,
    ...{ inStep: { item: of("item"), variant: of("variant") }, waiting: sum("waiting"), hidden: sum("hidden") },
    ...{ refused: sum("refused"), others: sum("others") },
    ...{ rows: refused, comparedAt },
  };
}

async function couponOf(
  ctx: TenantCtx,
  { shop, accountId, automation }: At,
  { comparedAt, facts: { of: _, ...facts } }: { comparedAt: number; facts: CouponFacts },
): Promise<Syncs["coupon"]> {
  const all = await keptCoupons(ctx, shop).batches({ automation });
  const batches = all.filter((each) => each.accountId === accountId && each.coupon === facts.coupon);
  const coming = batches.filter(({ stands }) => stands === "coming");
  const filled = batches.flatMap(({ stands, finishedAt }) => (stands === "done" && finishedAt !== null ? [finishedAt] : []));
  return {
    ...facts,
    waiting: coming.reduce((sum, { codes }) => sum + codes, 0),
    lately: codesLately(all, ctx.now()),
    filledAt: filled.length > 0 ? Math.max(...filled) : null,
    comparedAt,
  };
}
