import { desc, eq, sql } from "drizzle-orm";
import { runLogs, runs } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { notFound } from "#server/errors.ts";
import { runColumns } from "./list-runs.ts";
import type { StoredRunWithLogs } from "./schemas.ts";

/** The latest lines are what a person looks for; a long backfill has more. */
const maxLines = 1_000;

/** One run of this tenant with its log, oldest line first. Throws `not_found`. */
export async function findRun(ctx: TenantCtx, runId: string): Promise<StoredRunWithLogs> {
  const [[run], lines] = await ctx.db.batch([
    ctx.db
      .select({ ...runColumns, defect: ctx.role === "staff" ? runs.defect : sql<null>`null` })
      .from(runs)
      .where(inTenant(ctx, runs, eq(runs.id, runId))),
    ctx.db
      .select({
        seq: runLogs.seq,
        at: runLogs.at,
        level: runLogs.level,
        message: runLogs.message,
        params: runLogs.params,
        fields: runLogs.fields,
      })
      .from(runLogs)
      .where(inTenant(ctx, runLogs, eq(runLogs.runId, runId)))
      .orderBy(desc(runLogs.seq))
      .limit(maxLines),
  ]);
  if (!run) throw notFound("run");
  return { ...run, logs: lines.reverse() };
}

/** The context of the tenant whose run this is, for the agency's admins. Throws `not_found`. */
export async function enterTenantOfRun(ctx: Ctx, runId: string): Promise<TenantCtx> {
  for (const { db } of acrossTenants(ctx)) {
    const [run] = await db.select({ tenantId: runs.tenantId }).from(runs).where(eq(runs.id, runId));
    if (run) return enterTenant(ctx, await findTenant(ctx, run.tenantId), "staff");
  }
  throw notFound("run");
}
