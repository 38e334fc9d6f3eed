import { eq, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { products, variants } from "#db/schema/index.ts";
import { goneProduct } from "#db/words/commerce.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

interface Gone {
  connectionId: string;
  product: string;
  /** When the shop deleted it, an instant. */
  at: number;
  when: SQL;
}

/**
 * Statements that take a deleted product out of what a shop sells: nothing is bought of it any more, so that nothing is proposed about
 * it. Its row stays, as gone and dated as of then, so that a page that was read before brings nothing of it back; it goes with the next
 * reading of all products. What its variants cost stays, as after such a reading. Of a product that was never seen nothing is written.
 */
export const deleteProduct = (ctx: TenantCtx, { connectionId, product, at, when }: Gone): Statement[] => [
  ctx.db.delete(variants).where(inTenant(ctx, variants, eq(variants.connectionId, connectionId), eq(variants.productId, product), when)),
  ctx.db
    .update(products)
    .set({ status: goneProduct, url: null, updatedAt: sql`max(${products.updatedAt} + 1, ${at})` })
    .where(inTenant(ctx, products, eq(products.connectionId, connectionId), eq(products.externalId, product), when)),
];
