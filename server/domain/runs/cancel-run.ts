import { eq, inArray, sql } from "drizzle-orm";
import { runs, schedules } from "#db/schema/index.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { notFound } from "#server/errors.ts";

/**
 * Ends a run that waits or runs: nothing more is done for it, and what its worker still finds is not written, since the lease is gone. What
 * has ended stays as it is (`cancelled` false). Its job runs again when its schedule says so. For staff. Throws `not_found`.
 */
export async function cancelRun(ctx: TenantCtx, { runId }: { runId: string }): Promise<{ cancelled: boolean }> {
  requireStaff(ctx);
  const now = ctx.now();
  const own = (...more: Parameters<typeof inTenant>[2][]) => inTenant(ctx, runs, eq(runs.id, runId), ...more);
  const open = own(inArray(runs.status, ["queued", "running"]));
  const [ended] = await commitIf(ctx, sql`exists (select 1 from ${runs} where ${open})`, "run.cancelled", { run: runId }, [
    ctx.db.update(runs).set({ status: "cancelled", lease: null, finishedAt: now }).where(open).returning({ id: runs.id }),
    ctx.db
      .update(schedules)
      .set({ lastStatus: "cancelled", lastErrorKind: null, lastErrorMessage: null, lastErrorParams: null, lastFinishedAt: now })
      .where(
        inTenant(
          ctx,
          schedules,
          eq(schedules.lastRunId, runId),
          sql`exists (select 1 from ${runs} where ${own(eq(runs.status, "cancelled"), eq(runs.finishedAt, now))})`,
        ),
      ),
  ]);
  if (wrote(ended)) return { cancelled: true };
  const [run] = await ctx.db.select({ id: runs.id }).from(runs).where(own());
  if (!run) throw notFound("run");
  return { cancelled: false };
}
