import { sql } from "drizzle-orm";
import { orderContents, orders, products, supplyMappings, variants } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { type ListSupplyVariants, ListSupplyVariants as Schema, type SupplyVariant, type SupplyVariants } from "./schemas.ts";
import { shopOf } from "./supply-accounts.ts";

const soldWithinMs = 90 * 86_400_000;
/** Of a large shop the newest orders say enough of what sells. */
const mostOrders = 5_000;

interface Row {
  variant: string;
  product: string;
  title: string;
  sku: string | null;
  sold: number;
  state: "mapped" | "own" | null;
  supplier: "cj" | "bigbuy" | null;
  reference: string | null;
  name: string | null;
  pack: number | null;
}

const shown = ({ variant, product, title, sku, sold, state, supplier, reference, name, pack }: Row): SupplyVariant => ({
  ...{ variant, sku, sold },
  title: title === "" || title === "Default Title" ? product : `${product}, ${title}`,
  mapping: state && { state, supplier, reference, name, pack: pack ?? 1 },
});

/** What the shop sells and nobody mapped, most sold first; or what somebody did. A page of it, however much there is. */
export async function listSupplyVariants(ctx: TenantCtx, asked: ListSupplyVariants): Promise<SupplyVariants> {
  requirePermission(ctx, "portal:read");
  const { show, q, cursor, limit } = Schema.parse(asked);
  const shop = await shopOf(ctx);
  if (shop === null) return { variants: [], next: null };
  const [sold, variant] = cursor?.split("~") ?? [];
  const rows = await rowsOf(ctx, shop, {
    where: sql`${show === "open" ? sql`m.state is null` : sql`m.state = ${show}`}
      and (${q} = '' or instr(lower(p.title || ' ' || v.title || ' ' || coalesce(v.sku, '')), lower(${q})) > 0)
      ${cursor === undefined ? sql`` : sql`and (coalesce(s.sold, 0) < ${Number(sold)} or (coalesce(s.sold, 0) = ${Number(sold)} and v.external_id > ${variant}))`}`,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { variants: page.map(shown), next: rows.length > limit && last ? `${last.sold}~${last.variant}` : null };
}

/** One of the shop's variants, and what it is mapped to; null where the shop has none of this id. */
export async function readSupplyVariant(ctx: TenantCtx, shop: string, variant: string): Promise<SupplyVariant | null> {
  const [row] = await rowsOf(ctx, shop, { where: sql`v.external_id = ${variant}`, limit: 1 });
  return row ? shown(row) : null;
}

const rowsOf = (ctx: TenantCtx, shop: string, { where, limit }: { where: ReturnType<typeof sql>; limit: number }): Promise<Row[]> =>
  ctx.db.all<Row>(sql`
    with recent as (select o.external_id as id from ${orders} o where o.tenant_id = ${ctx.tenant.id} and o.connection_id = ${shop}
        and o.placed_at >= ${ctx.now() - soldWithinMs} order by o.placed_at desc limit ${mostOrders}),
      s as (select l.value->>2 as variant, sum(l.value->>4) as sold from recent
        join ${orderContents} c on c.tenant_id = ${ctx.tenant.id} and c.connection_id = ${shop} and c.external_id = recent.id
        cross join json_each(c.lines) l where l.value->>2 is not null group by 1)
    select v.external_id as variant, coalesce(p.title, '') as product, v.title as title, v.sku as sku, coalesce(s.sold, 0) as sold,
      m.state as state, m.provider as supplier, m.reference as reference, m.name as name, m.pack as pack
    from ${variants} v
      left join ${products} p on p.tenant_id = v.tenant_id and p.connection_id = v.connection_id and p.external_id = v.product_id
      left join s on s.variant = v.external_id
      left join ${supplyMappings} m on m.tenant_id = v.tenant_id and m.connection_id = v.connection_id and m.variant_id = v.external_id
    where v.tenant_id = ${ctx.tenant.id} and v.connection_id = ${shop} and ${where}
    order by sold desc, v.external_id limit ${limit}`);
