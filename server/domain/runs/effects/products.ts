import { sql } from "drizzle-orm";
import { products, variantPrices, variants } from "#db/schema/index.ts";
import type { WriteRows } from "./writing.ts";

/** Products, what is bought of them, and what that cost since when. What is older than what is here says nothing new. */
export const writeProducts: WriteRows = (writing) => [
  ...notePrices(writing),
  ...keepVariants(writing),
  ...dropVariants(writing),
  ...keepProducts(writing),
  ...dropProducts(writing),
];

const isNewer = (product: string) =>
  sql.raw(`not exists (select 1 from products p where p.tenant_id = r.tenant_id and p.connection_id = j.value->>0
    and p.external_id = ${product} and p.updated_at > j.value->>2)`);

/** A row where a variant costs something else than it did last. Before the variants, by which it is told. */
const notePrices: WriteRows = ({ db, rows, held }) =>
  rows(variantRows).map((json) =>
    db
      .insert(variantPrices)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>3, j.value->>2, j.value->>6, j.value->>7, j.value->>8 ${held(json)} and ${isNewer("j.value->>1")}
          and not exists (select 1 from ${variants} v where v.tenant_id = r.tenant_id and v.connection_id = j.value->>0 and v.external_id = j.value->>3
            and v.price_minor = j.value->>6 and v.compare_at_minor is j.value->>7 and v.currency = j.value->>8)`,
      )
      .onConflictDoUpdate({
        target: [variantPrices.tenantId, variantPrices.connectionId, variantPrices.variantId, variantPrices.since],
        set: { priceMinor: sql`excluded.price_minor`, compareAtMinor: sql`excluded.compare_at_minor`, currency: sql`excluded.currency` },
      }),
  );

const keepVariants: WriteRows = ({ db, rows, held }) =>
  rows(variantRows).map((json) =>
    db
      .insert(variants)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>3, j.value->>1, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8, j.value->>9, j.value->>2 ${held(json)} and ${isNewer("j.value->>1")}`,
      )
      .onConflictDoUpdate({
        target: [variants.tenantId, variants.connectionId, variants.externalId],
        set: {
          productId: sql`excluded.product_id`,
          title: sql`excluded.title`,
          sku: sql`excluded.sku`,
          priceMinor: sql`excluded.price_minor`,
          compareAtMinor: sql`excluded.compare_at_minor`,
          currency: sql`excluded.currency`,
          stock: sql`excluded.stock`,
          updatedAt: sql`excluded.updated_at`,
        },
        setWhere: sql`excluded.updated_at >= ${variants.updatedAt}`,
      }),
  );

/** Connection, product, its date, variant, title, sku, price, price crossed out, currency, stock. */
const variantRows: Parameters<Parameters<WriteRows>[0]["rows"]>[0] = ({ found, connectionIds }) =>
  (found?.products ?? []).flatMap((product) =>
    product.variants.map((each) => [
      connectionIds[0],
      product.externalId,
      product.updatedAt,
      each.externalId,
      each.title,
      each.sku,
      each.priceMinor,
      each.compareAtMinor,
      each.currency,
      each.stock,
    ]),
  );

/** What a product is not bought as any more. */
const dropVariants: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.products ?? []).map((p) => [connectionIds[0], p.externalId, p.updatedAt, p.variants.map(({ externalId }) => externalId)]),
  ).map((json) =>
    db
      .delete(variants)
      .where(
        sql`(tenant_id, connection_id, external_id) in (select v.tenant_id, v.connection_id, v.external_id ${held(
          json,
          sql`cross join ${variants} v on v.tenant_id = r.tenant_id and v.connection_id = j.value->>0 and v.product_id = j.value->>1`,
        )} and ${isNewer("j.value->>1")} and v.external_id not in (select value from json_each(j.value, '$[3]')))`,
      ),
  );

const keepProducts: WriteRows = ({ db, now, rows, held }) =>
  rows(({ found, connectionIds }) =>
    (found?.products ?? []).map((p) => [connectionIds[0], p.externalId, p.updatedAt, p.title, p.handle, p.status, p.vendor, p.type, p.url]),
  ).map((json) =>
    db
      .insert(products)
      .select(
        sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8, j.value->>2, ${now} ${held(json)}`,
      )
      .onConflictDoUpdate({
        target: [products.tenantId, products.connectionId, products.externalId],
        set: {
          title: newest("title"),
          handle: newest("handle"),
          status: newest("status"),
          vendor: newest("vendor"),
          type: newest("type"),
          url: newest("url"),
          updatedAt: sql`max(excluded.updated_at, ${products.updatedAt})`,
          seenAt: sql`excluded.seen_at`,
        },
      }),
  );

const newest = (column: string) =>
  sql.raw(`case when excluded.updated_at >= products.updated_at then excluded.${column} else products.${column} end`);

/** What a reading of all products did not find. The price that a variant had stays: an automation may ask for it later. */
const dropProducts: WriteRows = ({ db, rows, held }) =>
  rows(({ found, connectionIds }) => (found?.listedProducts ? [[connectionIds[0], found.listedProducts.seenSince]] : [])).flatMap(
    (json) => {
      const gone = sql`select p.tenant_id, p.connection_id, p.external_id ${held(
        json,
        sql`cross join ${products} p on p.tenant_id = r.tenant_id and p.connection_id = j.value->>0 and p.seen_at < j.value->>1`,
      )}`;
      return [
        db.delete(variants).where(sql`(tenant_id, connection_id, product_id) in (${gone})`),
        db.delete(products).where(sql`(tenant_id, connection_id, external_id) in (${gone})`),
      ];
    },
  );
