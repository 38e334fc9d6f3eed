import { eq, sql } from "drizzle-orm";
import { differs } from "#db/differs.ts";
import { policies, schedules } from "#db/schema/index.ts";
import { findJob } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isOn } from "#server/domain/tenancy/plans.ts";
import { forbidden, refusedInput } from "#server/errors.ts";
import type { ConfigureJob } from "./schemas.ts";
import { gridOf, nextSlot } from "./slots.ts";

/**
 * Sets how a job measures for this tenant; it counts from its next run on. What is left out is as the job begins with, and
 * what is set so already is not written again.
 * Where the client says that the agency does not decide of an automation, its settings are the client's too.
 * Throws `not_found` for an unknown job, `forbidden`, and `invalid` with the field that does not fit the job's own schema.
 */
export async function configureJob(ctx: TenantCtx, { job, config }: ConfigureJob): Promise<void> {
  requirePermission(ctx, "settings:write");
  const sensor = findJob(job);
  if (ctx.role === "staff" && (await clientDecides(ctx, job))) throw forbidden("client_decides");
  const parsed = sensor.config.safeParse(config);
  if (!parsed.success) {
    throw refusedInput(parsed.error.issues[0], "config");
  }
  const settings = parsed.data as Record<string, unknown>;
  const grid = gridOf(ctx.tenant, sensor);
  const same = inTenant(ctx, schedules, eq(schedules.job, job), sql`not ${differs(schedules, { config: settings })}`);
  await commitIf(ctx, sql`not exists (select 1 from ${schedules} where ${same})`, "job.configured", { job, config: settings }, [
    ctx.db
      .insert(schedules)
      .values({ ...grid, nextAt: nextSlot(grid, ctx.now()), enabled: isOn(ctx.tenant, sensor), config: settings })
      .onConflictDoUpdate({
        target: [schedules.tenantId, schedules.job],
        set: { config: settings },
        setWhere: inTenant(ctx, schedules, differs(schedules, { config: settings })),
      }),
  ]);
}

async function clientDecides(ctx: TenantCtx, job: string): Promise<boolean> {
  const [policy] = await ctx.db
    .select({ staffDecides: policies.staffDecides })
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, job)));
  return policy?.staffDecides === false;
}
