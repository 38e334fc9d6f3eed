import { and, count, desc, eq, sql } from "drizzle-orm";
import { supplyMappings, supplyOrders } from "#db/schema/index.ts";
import { supplyStates } from "#db/words/supply.ts";
import type { SupplyRecord } from "#server/catalog/supply.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { decisionsOf } from "./decide-supply.ts";
import type { ListSupplyOrders, SupplyOrders } from "./schemas.ts";
import { shopOf } from "./supply-accounts.ts";
import { readSupplied } from "./supply-of.ts";

/** Where the shop's orders stand at suppliers, the newest first, and how many stand where. */
export async function listSupplyOrders(ctx: TenantCtx, { state, cursor, limit }: ListSupplyOrders): Promise<SupplyOrders> {
  requirePermission(ctx, "portal:read");
  const shop = await shopOf(ctx);
  const counts = Object.fromEntries(supplyStates.map((each) => [each, 0])) as SupplyOrders["counts"];
  if (shop === null) return { orders: [], counts, next: null };
  const [at, order, provider, part] = cursor?.split("~") ?? [];
  const behind =
    cursor === undefined
      ? undefined
      : sql`(${supplyOrders.createdAt}, ${supplyOrders.orderId}, ${supplyOrders.provider}, ${supplyOrders.part}) < (${Number(at)}, ${order}, ${provider}, ${Number(part)})`;
  const ofShop = eq(supplyOrders.connectionId, shop);
  const [rows, counted] = await Promise.all([
    readSupplied(ctx, {
      where: and(ofShop, state === undefined ? undefined : eq(supplyOrders.state, state), behind),
      order: [desc(supplyOrders.createdAt), desc(supplyOrders.orderId), desc(supplyOrders.provider), desc(supplyOrders.part)],
      limit: limit + 1,
    }),
    ctx.db
      .select({ state: supplyOrders.state, orders: count() })
      .from(supplyOrders)
      .where(inTenant(ctx, supplyOrders, ofShop))
      .groupBy(supplyOrders.state),
  ]);
  for (const { state: each, orders } of counted) counts[each] = orders;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const names = await namesOf(ctx, shop, page);
  return {
    orders: page.map((row) => ({
      ...{ order: row.orderId, supplier: row.provider, part: row.part, state: row.state, reason: row.reason },
      ...{ since: row.since, createdAt: row.createdAt, nextAt: row.nextAt, parcels: [...row.parcels], may: decisionsOf(row) },
      facts: {
        ...row.facts,
        short: row.facts.short?.map((each) => ({ ...each, name: names.get(`${row.provider} ${each.reference}`) })),
        references: row.facts.references && [...row.facts.references],
      },
      action: row.action && row.actionId !== null ? { id: row.actionId, status: row.action.status } : null,
    })),
    counts,
    next: rows.length > limit && last ? `${last.createdAt}~${last.orderId}~${last.provider}~${last.part}` : null,
  };
}

/** What suppliers call the things that they have too little of, as far as somebody mapped them, by `<supplier> <their id>`. */
async function namesOf(ctx: TenantCtx, shop: string, rows: readonly Pick<SupplyRecord, "facts">[]): Promise<Map<string, string>> {
  const asked = JSON.stringify(rows.flatMap(({ facts }) => (facts.short ?? []).map(({ reference }) => reference)));
  const { connectionId, provider, reference, name } = supplyMappings;
  const found = await ctx.db
    .select({ provider, reference, name })
    .from(supplyMappings)
    .where(inTenant(ctx, supplyMappings, and(eq(connectionId, shop), sql`${reference} in (select value from json_each(${asked}))`)));
  return new Map(found.flatMap((each) => (each.name ? [[`${each.provider} ${each.reference}`, each.name]] : [])));
}
