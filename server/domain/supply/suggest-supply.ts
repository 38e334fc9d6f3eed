import { type Supplier, suppliers } from "#db/words/supply.ts";
import { findAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { findAtCj } from "#server/catalog/suppliers/cj.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { notFound, ProviderError } from "#server/errors.ts";
import { readSupplyVariant } from "./list-supply-variants.ts";
import type { SupplySuggestions } from "./schemas.ts";
import { shopOf, supplyAccounts } from "./supply-accounts.ts";

const findAt = { cj: findAtCj, bigbuy: findAtBigbuy };

/**
 * What connected suppliers sell under exactly a variant's SKU, asked of them now. Nothing is mapped by it: that is a person's word. A supplier that
 * does not answer is named, and the others are shown all the same. Throws `not_found` and `forbidden`.
 */
export async function suggestSupply(ctx: TenantCtx, { variant }: { variant: string }): Promise<SupplySuggestions> {
  requirePermission(ctx, "settings:write");
  const shop = await shopOf(ctx);
  const found = shop === null ? null : await readSupplyVariant(ctx, shop, variant);
  if (!found) throw notFound("variant");
  const accounts = await supplyAccounts(ctx);
  const suggestions: SupplySuggestions["suggestions"] = [];
  const silent: Supplier[] = [];
  for (const [supplier, account] of accounts) {
    if (found.sku === null || found.sku === "") continue;
    try {
      const sold = await findAt[supplier](account, found.sku);
      if (sold) suggestions.push({ supplier, ...sold });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      silent.push(supplier);
    }
  }
  return { variant: found, suppliers: suppliers.filter((each) => accounts.has(each)), suggestions, silent };
}
