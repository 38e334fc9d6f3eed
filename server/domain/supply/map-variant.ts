import { and, eq } from "drizzle-orm";
import { supplyMappings } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { findAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { nameAtCj } from "#server/catalog/suppliers/cj.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { deciderOf } from "#server/domain/actions/decider-of.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, domainError, invalid, notFound, ProviderError } from "#server/errors.ts";
import { readSupplyVariant } from "./list-supply-variants.ts";
import { type MapVariant, MapVariant as Schema } from "./schemas.ts";
import { shopOf, supplyAccounts } from "./supply-accounts.ts";

/**
 * A person says what one of the shop's variants is at a supplier, which must sell it at this moment. It is for orders that are paid from then on, and
 * for those that are held. Throws `not_found`, `forbidden`, `invalid` for what the supplier does not sell, `conflict` where it is not connected,
 * and `unavailable` where it does not say.
 */
export async function mapVariant(ctx: TenantCtx, asked: MapVariant): Promise<void> {
  requirePermission(ctx, "settings:write");
  const { variant, supplier, reference, pack } = Schema.parse(asked);
  const { shop, found } = await variantOf(ctx, variant);
  const provider = providerName(supplier);
  const account = (await supplyAccounts(ctx)).get(supplier);
  if (!account) throw conflict("supplier_not_connected", { provider });
  const asking = supplier === "cj" ? nameAtCj(account, reference) : findAtBigbuy(account, reference).then((sold) => sold?.name ?? null);
  const name = await asking.catch((error: unknown) => {
    if (!(error instanceof ProviderError)) throw error;
    throw domainError("customer_unavailable", { provider }, { cause: error });
  });
  if (name === null) throw invalid("reference", "reference_unknown", { provider });
  const { mapping } = found;
  if (mapping?.state === "mapped" && mapping.supplier === supplier && mapping.reference === reference && mapping.pack === pack) return;
  const row = {
    state: "mapped" as const,
    provider: supplier,
    reference,
    name: name.slice(0, 200),
    pack,
    mappedBy: deciderOf(ctx),
    mappedAt: ctx.now(),
  };
  await commit(ctx, "supply.mapped", { variant, supplier, reference, pack }, [
    ctx.db
      .insert(supplyMappings)
      .values({ tenantId: ctx.tenant.id, connectionId: shop, variantId: variant, ...row })
      .onConflictDoUpdate({ target: [supplyMappings.tenantId, supplyMappings.connectionId, supplyMappings.variantId], set: row }),
  ]);
}

/** The shop sends it itself: nobody is asked about it, and nothing of it is ordered. Throws `not_found` and `forbidden`. */
export async function keepVariant(ctx: TenantCtx, { variant }: { variant: string }): Promise<void> {
  requirePermission(ctx, "settings:write");
  const { shop, found } = await variantOf(ctx, variant);
  if (found.mapping?.state === "own") return;
  const row = {
    state: "own" as const,
    provider: null,
    reference: null,
    name: null,
    pack: 1,
    mappedBy: deciderOf(ctx),
    mappedAt: ctx.now(),
  };
  await commit(ctx, "supply.kept", { variant }, [
    ctx.db
      .insert(supplyMappings)
      .values({ tenantId: ctx.tenant.id, connectionId: shop, variantId: variant, ...row })
      .onConflictDoUpdate({ target: [supplyMappings.tenantId, supplyMappings.connectionId, supplyMappings.variantId], set: row }),
  ]);
}

/** It is mapped no more, whichever way it was. Orders that were proposed stay as they are. Throws `not_found` and `forbidden`. */
export async function unmapVariant(ctx: TenantCtx, { variant }: { variant: string }): Promise<void> {
  requirePermission(ctx, "settings:write");
  const { shop, found } = await variantOf(ctx, variant);
  if (!found.mapping) return;
  await commit(ctx, "supply.unmapped", { variant }, [
    ctx.db
      .delete(supplyMappings)
      .where(inTenant(ctx, supplyMappings, and(eq(supplyMappings.connectionId, shop), eq(supplyMappings.variantId, variant)))),
  ]);
}

async function variantOf(ctx: TenantCtx, variant: string) {
  const shop = await shopOf(ctx);
  const found = shop === null ? null : await readSupplyVariant(ctx, shop, variant);
  if (shop === null || !found) throw notFound("variant");
  return { shop, found };
}
