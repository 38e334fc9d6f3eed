import { desc, eq, isNotNull, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { policies, policyModeChanges } from "#db/schema/index.ts";
import type { Lately, PolicyMode } from "#db/words/actions.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

interface Noted {
  automation: string;
  mode: PolicyMode;
  at: number;
  /** Of one that falls back by itself: why, and by when the cron tells people of it. */
  fell?: { lately: Lately; tellAt: number };
}

/** Keeps that an automation goes this far from then on, where its policy says so by then and it did not before: for the batch in which that is written. */
export function modeNoted(ctx: TenantCtx, { automation, mode, at, fell }: Noted): Statement {
  const tenant = ctx.tenant.id;
  const [lately, tellAt] = [fell?.lately ?? null, fell?.tellAt ?? null];
  const by = ctx.actor.type === "user" ? ctx.actor.userId : null;
  const before = sql`select c.mode from ${policyModeChanges} c where c.tenant_id = ${tenant} and c.automation = ${automation} order by c.at desc limit 1`;
  return ctx.db
    .insert(policyModeChanges)
    .select(
      sql`select p.tenant_id, p.automation, ${at}, p.mode, ${by}, ${lately && JSON.stringify(lately)}, ${tellAt} from ${policies} p
        where p.tenant_id = ${tenant} and p.automation = ${automation} and p.mode = ${mode} and p.mode <> coalesce((${before}), 'off')`,
    )
    .onConflictDoUpdate({
      target: [policyModeChanges.tenantId, policyModeChanges.automation, policyModeChanges.at],
      set: { mode, changedBy: by, lately, tellAt },
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

/** When it last fell back by itself, however often its mode was changed since. */
export async function lastFallOf(ctx: TenantCtx, automation: string) {
  const [fell] = await ctx.db
    .select()
    .from(policyModeChanges)
    .where(inTenant(ctx, policyModeChanges, eq(policyModeChanges.automation, automation), isNotNull(policyModeChanges.lately)))
    .orderBy(desc(policyModeChanges.at))
    .limit(1);
  return fell;
}
