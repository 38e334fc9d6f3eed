import { eq } from "drizzle-orm";
import { policies, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import { type FlowMay, flowBridgeId } from "#server/catalog/automations/shopify-flow-bridge.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

export interface FlowStanding {
  mode: PolicyMode;
  /** The settings of the bridge, what no longer fits as it begins. */
  config: Record<string, unknown>;
  may: FlowMay;
  cursor: unknown;
}

/** How far the bridge may go for this client, and what workflows may ask for. */
export async function readFlowMay(ctx: TenantCtx): Promise<FlowStanding> {
  requirePermission(ctx, "portal:read");
  const [[policy], [schedule]] = await ctx.db.batch([
    ctx.db
      .select({ mode: policies.mode })
      .from(policies)
      .where(inTenant(ctx, policies, eq(policies.automation, flowBridgeId))),
    ctx.db
      .select({ config: schedules.config, cursor: schedules.cursor })
      .from(schedules)
      .where(inTenant(ctx, schedules, eq(schedules.job, flowBridgeId))),
  ]);
  const schema = findAutomation(flowBridgeId).config;
  const stored = schema.safeParse(schedule?.config ?? {});
  const config = (stored.success ? stored.data : schema.parse({})) as Record<string, unknown> & { inbound: FlowMay };
  return { mode: policy?.mode ?? "off", config, may: config.inbound, cursor: schedule?.cursor ?? null };
}
