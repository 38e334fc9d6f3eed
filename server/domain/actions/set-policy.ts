import { encodeBase32LowerCaseNoPadding } from "@oslojs/encoding";
import { eq, sql } from "drizzle-orm";
import { policies } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { PolicyRow } from "./rows.ts";
import type { SetPolicy } from "./schemas.ts";

/** Safe for a shop of a hundred orders a month. Money in whole units of the client's currency would depend on it: these are minor ones. */
export const usualPolicy = { holdout: 10, actionsADay: 20, peopleADay: 20, stakeADay: 10_000, largestStake: 2_000 } as const;

/**
 * Says how far an automation may go for a client, and how much of it a day. What is left out stays as it is, or is as usual. Who is in the
 * control group is fixed when the policy is made. Throws `forbidden`.
 */
export async function setPolicy(ctx: TenantCtx, { automation, ...wished }: SetPolicy): Promise<PolicyRow> {
  requirePermission(ctx, "settings:write");
  const now = ctx.now();
  const salt = encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(20)));
  const { holdout, ...limits } = wished;
  await commit(ctx, "policy.set", { automation, ...wished }, [
    ctx.db
      .insert(policies)
      .values({
        ...usualPolicy,
        mode: "shadow",
        ...wished,
        ...{ tenantId: ctx.tenant.id, automation, salt, createdAt: now, updatedAt: now },
      })
      .onConflictDoUpdate({
        target: [policies.tenantId, policies.automation],
        set: { ...limits, updatedAt: now },
        setWhere: sql`${policies.tenantId} = ${ctx.tenant.id}`,
      }),
  ]);
  const [policy] = await ctx.db
    .select()
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, automation)));
  if (!policy) throw new Error("a policy that was just written is there");
  return policy;
}
