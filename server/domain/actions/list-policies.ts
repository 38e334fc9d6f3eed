import { policies } from "#db/schema/index.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Standing } from "./schemas.ts";
import { standsStill, stopsOf } from "./stop-acting.ts";

/** How far each automation may go for this client, and whether anything is done now. What they came to is not counted. */
export async function listPolicies(ctx: TenantCtx): Promise<Standing> {
  requirePermission(ctx, "portal:read");
  const [set, stops] = await Promise.all([
    ctx.db.select({ automation: policies.automation, mode: policies.mode }).from(policies).where(inTenant(ctx, policies)),
    stopsOf(ctx, ctx.tenant.id),
  ]);
  return {
    ...standsStill(stops),
    automations: automations.map(({ id, title }) => ({ id, title, mode: set.find(({ automation }) => automation === id)?.mode ?? "off" })),
  };
}
