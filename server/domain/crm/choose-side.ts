import { and, eq, sql } from "drizzle-orm";
import { crmConflicts, crmRecords, policies, schedules } from "#db/schema/index.ts";
import { lookAgain } from "#server/catalog/automations/compare-with-crm.ts";
import { hubspotB2bCrm } from "#server/catalog/automations/hubspot-b2b-crm.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, forbidden } from "#server/errors.ts";
import type { ChooseSide } from "./schemas.ts";

/**
 * A person says whose value of a field stays where both sides changed it, for exactly what they were shown. It is carried out by the next look, which is due at
 * once, as a proposal like any other. Throws `forbidden`, and `conflict` where either side changed again or it is settled.
 */
export async function chooseSide(ctx: TenantCtx, { customerId, field, shopHash, crmHash, side }: ChooseSide): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const [policy] = await ctx.db
    .select({ staffDecides: policies.staffDecides })
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, hubspotB2bCrm.id)));
  if (ctx.role === "staff" && policy?.staffDecides === false) throw forbidden("client_decides");
  const now = ctx.now();
  const shown = inTenant(
    ctx,
    crmConflicts,
    and(
      eq(crmConflicts.customerId, customerId),
      eq(crmConflicts.field, field),
      eq(crmConflicts.shopHash, shopHash),
      eq(crmConflicts.crmHash, crmHash),
    ),
  );
  const guard = sql`exists (select 1 from ${crmConflicts} where ${shown})`;
  const decidedBy = ctx.actor.type === "user" ? ctx.actor.userId : ctx.actor.type;
  const [chosen] = await commitIf(ctx, guard, "crm.chosen", { customer: customerId, field, side }, [
    ctx.db.update(crmConflicts).set({ decision: side, decidedBy, decidedAt: now }).where(shown).returning({ field: crmConflicts.field }),
    ctx.db
      .update(crmRecords)
      .set({ due: sql`coalesce(${crmRecords.due}, ${JSON.stringify(lookAgain)})` })
      .where(inTenant(ctx, crmRecords, eq(crmRecords.kind, "contact"), eq(crmRecords.externalId, customerId), guard)),
    ctx.db
      .update(schedules)
      .set({ nextAt: now })
      .where(inTenant(ctx, schedules, eq(schedules.job, hubspotB2bCrm.id), guard)),
  ]);
  if (!wrote(chosen)) throw conflict("action_changed");
}
