import { type SQL, sql } from "drizzle-orm";
import { actionSteps, actions, catalogRows, products, variants } from "#db/schema/index.ts";
import type { CatalogProduct, KeptCatalog } from "#server/catalog/keeping.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { standsTold } from "#server/domain/actions/stands-told.ts";

/** What a catalog refused, or others had made there, is sent again as it is only after this: what is wrong with it stands in the shop, or at Klaviyo. */
const againMs = 7 * 86_400_000;

/** In SQL, what the provider said of a row `c` that it refused, by its action `a`; null where it did not. */
export const whyRefused: SQL = sql`(select e.value ->> 'why' from ${actionSteps} st, json_each(st.receipt, '$.refused') e
  where st.tenant_id = c.tenant_id and st.action_id = c.sent_by and st.receipt ->> 'id' = c.part and e.value ->> 'id' = c.external_id limit 1)`;

/** In SQL, whether a row `c` was left alone by its action, since another integration has made it there. */
export const isOthers: SQL = sql`exists (select 1 from ${actionSteps} st, json_each(st.receipt, '$.kept') e
  where st.tenant_id = c.tenant_id and st.action_id = c.sent_by and st.receipt ->> 'id' = c.part and e.value = c.external_id)`;

/** What was sent of a shop's products to a catalog, and stands. Without a shop there is nothing. */
export function keptCatalog(ctx: TenantCtx, shop = ""): KeptCatalog {
  const rows = ({ automation, accountId, others = false }: { automation: string; accountId: string; others?: boolean }) => sql`
    select c.part, c.external_id, c.product_id, c.sent, c.is_gone,
      case when a.finished_at < ${ctx.now() - againMs} and (${whyRefused} is not null or ${isOthers}) then null
        when ${others ? isOthers : sql`0`} then null else ${standsTold(ctx, automation, "a")} end as stands
    from ${catalogRows} c left join ${actions} a on a.tenant_id = c.tenant_id and a.id = c.sent_by
    where c.tenant_id = ${ctx.tenant.id} and c.connection_id = ${shop} and c.account_id = ${accountId}`;
  const ofShop = sql`tenant_id = ${ctx.tenant.id} and connection_id = ${shop}`;

  return {
    async products({ after, limit, ...of }) {
      const found = await ctx.db.all<Omit<CatalogProduct, "variants" | "sent">>(sql`
        select external_id as id, title, status, url from ${products} where ${ofShop} and external_id > ${after ?? ""} order by external_id limit ${limit}`);
      const ids = JSON.stringify(found.map(({ id }) => id));
      const among = sql`product_id in (select value from json_each(${ids}))`;
      const [offers, sent] = await Promise.all([
        ctx.db.all<Omit<CatalogProduct["variants"][number], "sent"> & { product: string }>(sql`
          select external_id as id, product_id as product, title, sku, price_minor as priceMinor, currency, stock from ${variants}
          where ${ofShop} and ${among} order by product_id, external_id`),
        ctx.db.all<{ part: string; id: string; sent: string }>(
          sql`select part, external_id as id, sent from (${rows(of)} and c.${among}) where stands is not null`,
        ),
      ]);
      const before = new Map(sent.map((row) => [`${row.part} ${row.id}`, row.sent]));
      const own = new Map<string, CatalogProduct["variants"]>();
      for (const { product, ...variant } of offers)
        own.set(product, [...(own.get(product) ?? []), { ...variant, sent: before.get(`variant ${variant.id}`) ?? null }]);
      return found.map((product) => ({
        ...product,
        sent: before.get(`item ${product.id}`) ?? null,
        variants: own.get(product.id) ?? [],
      }));
    },

    gone: ({ limit, ...of }) =>
      ctx.db.all(sql`
        select part, external_id as id, product_id as productId from (${rows(of)}) r where stands is not null and not is_gone and case part
          when 'item' then not exists (select 1 from ${products} where ${ofShop} and external_id = r.external_id)
          else not exists (select 1 from ${variants} where ${ofShop} and external_id = r.external_id)
            or not exists (select 1 from ${products} where ${ofShop} and external_id = r.product_id) end
        order by part desc, external_id limit ${limit}`),
  };
}
