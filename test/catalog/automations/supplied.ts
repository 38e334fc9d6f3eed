import { eq } from "drizzle-orm";
import { supplyMappings, variants } from "#db/schema/index.ts";
import type { Supplier } from "#db/words/supply.ts";
import type { OrderRow } from "#sandbox/shop/model.ts";
import type { Account } from "#server/catalog/account.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { doingAt, freshAccount, sentTo, supplier } from "#test/catalog/actions/doing.ts";
import { hourMs, orderOf } from "./stage.ts";

/** An order of two Ware A (10.00 each) by a buyer who said where it goes, and who has not paid yet. */
export const unpaidOrder = (id: number, more: Partial<OrderRow> = {}): OrderRow =>
  orderOf(id, Date.now() - hourMs, { lines: "A|2|10.00", gross: 2000, checkout: sentTo, paidAt: null, parcels: [], ...more });

/** A supplier's account over the real wire, with Ware A as V1 on its shelf: 3.00 each, and 3.50 for a parcel. */
export async function supplierAccount(provider: Supplier, change: object = {}): Promise<{ account: Account; at: string }> {
  const at = freshAccount[provider]();
  await supplier(provider, at, { goods: [{ id: "V1", sku: "V1", name: "Lamp", price: 300, stock: 5 }], ...change });
  return { account: (await doingAt(provider, at, { scopes: [] })).account, at };
}

/** The shop's id of a ware's one variant. */
export async function variantOf({ ctx }: { ctx: TenantCtx }, sku: string): Promise<string> {
  const [variant] = await ctx.db
    .select()
    .from(variants)
    .where(inTenant(ctx, variants, eq(variants.sku, sku)));
  if (!variant) throw new Error("the shop was not read yet");
  return variant.externalId;
}

/** A person says that a ware is V1 at a supplier. */
export async function mapWare(
  of: { ctx: TenantCtx; account: Account },
  provider: Supplier,
  { pack = 1, sku = "A", mappedAt = 1 }: { pack?: number; sku?: string; mappedAt?: number } = {},
): Promise<void> {
  const { ctx, account } = of;
  await ctx.db.insert(supplyMappings).values({
    ...{ tenantId: ctx.tenant.id, connectionId: account.connectionId, variantId: await variantOf(of, sku), state: "mapped", provider },
    ...{ reference: "V1", name: "Lamp", pack, mappedBy: "test", mappedAt },
  });
}
