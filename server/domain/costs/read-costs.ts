import { asc, between, sum } from "drizzle-orm";
import { costs } from "#db/schema/index.ts";
import { costKinds } from "#db/words/costs.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { costDay } from "./add-costs.ts";
import type { Cost, ReadCosts } from "./schemas.ts";

/** What a client cost from one day to another, without them this month, by kind, in the order of the kinds. For the agency's admins. */
export async function readCosts(ctx: TenantCtx, { from, to }: ReadCosts): Promise<Cost[]> {
  requireStaff(ctx);
  const today = costDay(ctx.now());
  const rows = await ctx.db
    .select({ kind: costs.kind, currency: costs.currency, quantity: sum(costs.quantity).mapWith(Number) })
    .from(costs)
    .where(inTenant(ctx, costs, between(costs.day, from ?? `${today.slice(0, 8)}01`, to ?? today)))
    .groupBy(costs.kind, costs.currency)
    .orderBy(asc(costs.currency));
  return costKinds.flatMap((kind) =>
    rows.flatMap(({ quantity, ...row }) => (row.kind === kind ? [{ ...row, quantity: quantity ?? 0 }] : [])),
  );
}
