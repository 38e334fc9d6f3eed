import { eq } from "drizzle-orm";
import { policies } from "#db/schema/index.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { Policy } from "./schemas.ts";
import { usualPolicy } from "./usual-policy.ts";

/** How far an automation may go for this client; without a word of anybody's it is off. Throws `not_found` for what is none. */
export async function findPolicy(ctx: TenantCtx, { automation }: { automation: string }): Promise<Policy> {
  requirePermission(ctx, "portal:read");
  findAutomation(automation);
  const [row] = await ctx.db
    .select()
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, automation)));
  return Policy.parse(row ?? { ...usualPolicy, automation, mode: "off" });
}
