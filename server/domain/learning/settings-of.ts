import { eq } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import type { Automation } from "#server/catalog/automation.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** An automation's settings, as they are stored and as it reads them: what no longer fits falls back to what it begins with, as it does in a run. */
export async function settingsOf(
  ctx: TenantCtx,
  { id, config }: Pick<Automation, "id" | "config">,
): Promise<{ stored: Record<string, unknown>; config: Readonly<Record<string, unknown>> }> {
  const [row] = await ctx.db
    .select({ config: schedules.config })
    .from(schedules)
    .where(inTenant(ctx, schedules, eq(schedules.job, id)));
  const stored = row?.config ?? {};
  const parsed = config.safeParse(stored);
  return { stored, config: (parsed.success ? parsed.data : config.parse({})) as Record<string, unknown> };
}
