import { eq, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { dataExports } from "#db/schema/index.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { takeFromLimit } from "#server/domain/rate-limits/take.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { planOf } from "#server/domain/tenants/plans.ts";
import { conflict } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { exportKeptMs } from "./schemas.ts";

const dayS = 86_400;

/**
 * Asks for a zip of all that the tenant has; it is made in the background. One at a time: `conflict` while another is being
 * made. As many a day as its plan has, else `rate_limited`. Throws `forbidden`.
 */
export async function requestExport(ctx: TenantCtx): Promise<{ id: string }> {
  requirePermission(ctx, "data:export");
  await takeFromLimit(ctx, { key: `export:tenant:${ctx.tenant.id}`, max: planOf(ctx.tenant).exportsPerDay, windowS: dayS });
  const now = ctx.now();
  const id = newId("exp", now);
  const another = inTenant(ctx, dataExports, eq(dataExports.status, "waiting"));
  const guard = sql`not exists (select 1 from ${dataExports} where ${another})`;
  const { userId } = requireUser(ctx);
  const row = {
    id,
    tenantId: ctx.tenant.id,
    requestedBy: userId,
    requestedAt: now,
    status: "waiting" as const,
    sentAt: now,
    expiresAt: now + exportKeptMs,
  };
  const [made] = await commitIf(ctx, guard, "export.requested", { export: id }, [
    ctx.db
      .insert(dataExports)
      .select(rowIf(dataExports, row, guard))
      .returning({ id: dataExports.id }),
  ]);
  if (!wrote(made)) throw conflict("An export is being made; it will be here in a moment.");
  await ctx.send.tasks([{ v: 1, type: "export", tenant: ctx.tenant.id, export: id }]);
  return { id };
}
