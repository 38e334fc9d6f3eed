import { asc, eq, gt, ne, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { dataExports } from "#db/schema/index.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { planOf } from "#server/domain/tenancy/plans.ts";
import { conflict, type DomainError, rateLimited } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { exportKeptMs } from "./schemas.ts";

const dayMs = 86_400_000;

/**
 * Asks for a zip of all that the tenant has; it is made in the background. One at a time: `conflict` while another is being
 * made. As many a day as its plan has, those that failed apart, else `rate_limited`. Throws `forbidden`.
 */
export async function requestExport(ctx: TenantCtx): Promise<{ id: string }> {
  requirePermission(ctx, "data:export");
  const now = ctx.now();
  const id = newId("exp", now);
  const another = inTenant(ctx, dataExports, eq(dataExports.status, "waiting"));
  const ofToday = inTenant(ctx, dataExports, ne(dataExports.status, "failed"), gt(dataExports.requestedAt, now - dayMs));
  const guard = sql`not exists (select 1 from ${dataExports} where ${another})
    and (select count(*) from ${dataExports} where ${ofToday}) < ${planOf(ctx.tenant).exportsPerDay}`;
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
  if (!wrote(made)) throw await refusal(ctx, ofToday);
  await ctx.send.tasks([{ v: 1, type: "export", tenant: ctx.tenant.id, export: id }]);
  return { id };
}

/** Why none is made: another one is, or those of the day are used up until the first of them is a day old. */
async function refusal(ctx: TenantCtx, ofToday: SQL): Promise<DomainError> {
  const today = await ctx.db
    .select({ status: dataExports.status, requestedAt: dataExports.requestedAt })
    .from(dataExports)
    .where(ofToday)
    .orderBy(asc(dataExports.requestedAt));
  const first = today.at(-planOf(ctx.tenant).exportsPerDay);
  // Fewer than those of the day: one was being made as it was asked, and is done by now.
  if (!first || today.some(({ status }) => status === "waiting")) return conflict("export_underway");
  return rateLimited(Math.max(1, Math.ceil((first.requestedAt + dayMs - ctx.now()) / 1000)));
}
