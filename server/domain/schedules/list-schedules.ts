import { schedules } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Schedule } from "./schemas.ts";

/** What runs for this tenant, when next, and what keeps it from running; by job. */
export const listSchedules = (ctx: TenantCtx): Promise<Schedule[]> =>
  ctx.db
    .select({
      job: schedules.job,
      everyS: schedules.everyS,
      nextAt: schedules.nextAt,
      enabled: schedules.enabled,
      blocked: schedules.blocked,
      lastRunAt: schedules.lastRunAt,
      lastSuccessAt: schedules.lastSuccessAt,
    })
    .from(schedules)
    .where(inTenant(ctx, schedules))
    .orderBy(schedules.job);
