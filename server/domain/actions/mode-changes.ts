import { desc, eq, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { policies, policyModeChanges } from "#db/schema/index.ts";
import type { Lately, PolicyMode } from "#db/words/actions.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Keeps that an automation goes this far from now on, where its policy says so by then and it did not before: for the batch in which that is written. */
export function modeNoted(
  ctx: TenantCtx,
  { automation, mode, lately = null }: { automation: string; mode: PolicyMode; lately?: Lately | null },
): Statement {
  const [tenant, at] = [ctx.tenant.id, ctx.now()];
  const by = ctx.actor.type === "user" ? ctx.actor.userId : null;
  const before = sql`select c.mode from ${policyModeChanges} c where c.tenant_id = ${tenant} and c.automation = ${automation} order by c.at desc limit 1`;
  return ctx.db
    .insert(policyModeChanges)
    .select(
      sql`select p.tenant_id, p.automation, ${at}, p.mode, ${by}, ${lately && JSON.stringify(lately)} from ${policies} p
        where p.tenant_id = ${tenant} and p.automation = ${automation} and p.mode = ${mode} and p.mode <> coalesce((${before}), 'off')`,
    )
    .onConflictDoUpdate({
      target: [policyModeChanges.tenantId, policyModeChanges.automation, policyModeChanges.at],
      set: { mode, changedBy: by, lately },
      setWhere: eq(policyModeChanges.tenantId, tenant),
    });
}

/** How far it went since when, the last first. */
export const modeChangesOf = (ctx: TenantCtx, automation: string, limit: number) =>
  ctx.db
    .select()
    .from(policyModeChanges)
    .where(inTenant(ctx, policyModeChanges, eq(policyModeChanges.automation, automation)))
    .orderBy(desc(policyModeChanges.at))
    .limit(limit);
