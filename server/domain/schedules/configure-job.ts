import { eq, sql } from "drizzle-orm";
import { differs } from "#db/differs.ts";
import { rowIf } from "#db/row-if.ts";
import { policies, schedules } from "#db/schema/index.ts";
import { findJob } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import type { Along } from "#server/domain/audit/along.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isOn } from "#server/domain/tenancy/plans.ts";
import { conflict, forbidden, refusedInput } from "#server/errors.ts";
import type { ConfigureJob } from "./schemas.ts";
import { gridOf, nextSlot } from "./slots.ts";

/**
 * Sets how a job measures for this tenant; it counts from its next run on. What is left out is as the job begins with, and
 * what is set so already is not written again.
 * Where the client says that the agency does not decide of an automation, its settings are the client's too.
 * `before`: what they are, stored, where only those shall be changed; `along`: what is written with that. Throws `not_found` for an unknown job, `forbidden`, `invalid` with the
 * field that does not fit the job's own schema, and `conflict` where they are no longer as `before` says.
 */
export async function configureJob(
  ctx: TenantCtx,
  { job, config }: ConfigureJob,
  { before, along }: { before?: Record<string, unknown>; along?: Along } = {},
): Promise<void> {
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
  const changed = inTenant(ctx, schedules, eq(schedules.job, job), before && differs(schedules, { config: before }));
  const guard = sql.join(
    [
      sql`not exists (select 1 from ${schedules} where ${same})`,
      ...(before ? [sql`not exists (select 1 from ${schedules} where ${changed})`] : []),
      ...(along ? [along.guard] : []),
    ],
    sql` and `,
  );
  const [written] = await commitIf(ctx, guard, "job.configured", { job, config: settings }, [
    ctx.db
      .insert(schedules)
      .select(rowIf(schedules, { ...grid, nextAt: nextSlot(grid, ctx.now()), enabled: isOn(ctx.tenant, sensor), config: settings }, guard))
      .onConflictDoUpdate({
        target: [schedules.tenantId, schedules.job],
        set: { config: settings },
        setWhere: eq(schedules.tenantId, ctx.tenant.id),
      })
      .returning({ job: schedules.job }),
    ...(along?.statements ?? []),
  ]);
  if (before && !wrote(written)) throw conflict("settings_changed");
}

async function clientDecides(ctx: TenantCtx, job: string): Promise<boolean> {
  const [policy] = await ctx.db
    .select({ staffDecides: policies.staffDecides })
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, job)));
  return policy?.staffDecides === false;
}
