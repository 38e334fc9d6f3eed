import { desc, eq, max, sql, sum } from "drizzle-orm";
import { customerModels, customerScores } from "#db/schema/index.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { customerBaseSensor } from "#server/catalog/sensors/customer-base-sensor.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Outlook, ReadOutlook } from "./schemas.ts";

/**
 * What an automation goes by that reads what is expected of customers: the model, how it did on the shop's own past, and how many customers are expected to do what. Of the
 * shop that was fitted last. Throws `not_found` for what is no automation.
 */
export async function readOutlook(ctx: TenantCtx, { automation }: ReadOutlook): Promise<Outlook> {
  requirePermission(ctx, "portal:read");
  const reads = findAutomation(automation).acts.feeds.includes(customerBaseSensor.id);
  const [row] = reads
    ? await ctx.db.select().from(customerModels).where(inTenant(ctx, customerModels)).orderBy(desc(customerModels.fittedAt)).limit(1)
    : [];
  if (!row) return { reads, model: null, asOf: null, segments: [] };
  const { tenantId: _, connectionId, fifths: __, ...model } = row;
  const found = await ctx.db
    .select({
      segment: customerScores.segment,
      customers: sql<number>`count(*)`,
      expectedOrders: sum(customerScores.orders90).mapWith(Number),
      valueMinor: sum(customerScores.valueMinor).mapWith(Number),
      asOf: max(customerScores.asOf),
    })
    .from(customerScores)
    .where(inTenant(ctx, customerScores, eq(customerScores.connectionId, connectionId)))
    .groupBy(customerScores.segment);
  const asOf = found.reduce<string | null>((latest, each) => (each.asOf !== null && each.asOf > (latest ?? "") ? each.asOf : latest), null);
  return { reads, model, asOf, segments: found.map(({ asOf: ___, ...segment }) => segment) };
}
