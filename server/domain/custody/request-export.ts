import { eq, sql } from "drizzle-orm";
import { dataExports } from "#db/schema/index.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { takeFromLimit } from "#server/domain/rate-limits/take.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { conflict } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { exportKeptMs } from "./schemas.ts";

const perDay = { max: 10, windowS: 86_400 };

/**
 * Asks for a zip of all that the tenant has; it is made in the background. One at a time: `conflict` while another is being
 * made. Throws `forbidden`, `rate_limited`.
 */
export async function requestExport(ctx: TenantCtx): Promise<{ id: string }> {
  requirePermission(ctx, "data:export");
  await takeFromLimit(ctx, { key: `export:tenant:${ctx.tenant.id}`, ...perDay });
  const now = ctx.now();
  const id = newId("exp", now);
  const another = inTenant(ctx, dataExports, eq(dataExports.status, "waiting"));
  const guard = sql`not exists (select 1 from ${dataExports} where ${another})`;
  const { userId } = requireUser(ctx);
  const [made] = await commitIf(ctx, guard, "export.requested", { export: id }, [
    ctx.db
      .insert(dataExports)
      .select(
        sql`select ${id}, ${ctx.tenant.id} as tenant_id, ${userId}, ${now}, 'waiting', ${now}, 0, null, null, ${now + exportKeptMs}, null, null where ${guard}`,
      )
      .returning({ id: dataExports.id }),
  ]);
  if (!wrote(made)) throw conflict("An export is being made; it will be here in a moment.");
  await ctx.send.tasks([{ v: 1, type: "export", tenant: ctx.tenant.id, export: id }]);
  return { id };
}
