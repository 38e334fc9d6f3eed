import { and, asc, eq, inArray, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { actions, supplyMappings, supplyOrders } from "#db/schema/index.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import type { Supply, SupplyOrder } from "#server/catalog/supply.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inShadow } from "#server/domain/actions/list-proposed.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

const ordering = alias(actions, "ordering");
const telling = alias(actions, "telling");

/** In SQL as `orderKey` and `parcelsKey` say it. */
const ofPart = sql`iif(${supplyOrders.part} > 0, ':p' || ${supplyOrders.part}, '')`;
const orderKey = sql`'order:' || ${supplyOrders.orderId} || ':' || ${supplyOrders.provider} || ':' || ${supplyOrders.round} || ${ofPart}`;
const parcelsKey = sql`'parcels:' || ${supplyOrders.orderId} || ':' || ${supplyOrders.provider} || ':' || json_array_length(${supplyOrders.parcels}) || ${ofPart}`;

/**
 * What was proposed under a key, in shadow too: what was only tried is not proposed once more when it could be done, since somebody has done it
 * by hand meanwhile. What could be done goes before it.
 */
const proposedAs = (key: SQL) =>
  sql`(select a.id from ${actions} a where a.tenant_id = ${supplyOrders.tenantId} and a.automation = ${dropshippingOrderFlow.id}
    and a.dedupe in (${key}, ${inShadow} || ${key}) order by substr(a.dedupe, 1, ${inShadow.length}) = ${inShadow} limit 1)`;

/** Rows of one shop with what became of what was proposed of them. */
export async function readSupplied(
  ctx: TenantCtx,
  { where, order, limit }: { where: SQL | undefined; order: readonly SQL[]; limit: number },
): Promise<(SupplyOrder & { actionId: string | null; createdAt: number })[]> {
  const of = (one: typeof ordering, key: SQL) => and(eq(one.tenantId, supplyOrders.tenantId), sql`${one.id} = ${proposedAs(key)}`);
  const rows = await ctx.db
    .select({ row: supplyOrders, ordering, telling: { status: telling.status } })
    .from(supplyOrders)
    .leftJoin(ordering, of(ordering, orderKey))
    .leftJoin(telling, of(telling as unknown as typeof ordering, parcelsKey))
    .where(inTenant(ctx, supplyOrders, where))
    .orderBy(...order)
    .limit(limit);
  return rows.map(({ row: { tenantId: _, connectionId: __, ...row }, ordering: action, telling: told }) => ({
    ...row,
    actionId: action?.id ?? null,
    action: action && {
      ...{ status: action.status, reason: action.reason, message: action.failureMessage, endedAt: action.finishedAt },
      isPersons: action.status === "unsure" && action.availableAt === null,
    },
    told: told && { status: told.status },
  }));
}

/** Which orders of one shop go to suppliers: of one connection, since its ids are a shop's own. Without one there is nothing to ask. */
export function supplyOf(ctx: TenantCtx, connectionId = ""): Supply {
  const ofShop = eq(supplyOrders.connectionId, connectionId);
  return {
    async mappings(variants) {
      const rows = await ctx.db
        .select()
        .from(supplyMappings)
        .where(
          inTenant(
            ctx,
            supplyMappings,
            eq(supplyMappings.connectionId, connectionId),
            eq(supplyMappings.state, "mapped"),
            sql`${supplyMappings.variantId} in (select value from json_each(${JSON.stringify(variants)}))`,
          ),
        );
      return rows.flatMap(({ variantId: variant, provider, reference, pack, mappedAt }) =>
        provider !== null && reference !== null ? [{ variant, provider, reference, pack, mappedAt }] : [],
      );
    },
    known: (orders) =>
      readSupplied(ctx, {
        where: and(ofShop, inArray(supplyOrders.orderId, [...orders])),
        order: [asc(supplyOrders.orderId), asc(supplyOrders.provider), asc(supplyOrders.part)],
        limit: 100,
      }),
    due: ({ now, limit }) =>
      readSupplied(ctx, {
        where: and(ofShop, isNotNull(supplyOrders.nextAt), lte(supplyOrders.nextAt, now)),
        order: [asc(supplyOrders.nextAt)],
        limit,
      }),
  };
}
