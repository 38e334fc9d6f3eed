import { eq, type SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { dataExports, exportChunks } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/**
 * Statements that take away all exports of a tenant, where `guard` holds, since somebody who is in them is to be forgotten: those
 * that are ready are over, and whoever makes one has lost its lease, and it begins anew.
 */
export const dropExports = (ctx: TenantCtx, guard: SQL): Statement[] => [
  ctx.db.delete(exportChunks).where(inTenant(ctx, exportChunks, guard)),
  ctx.db
    .update(dataExports)
    .set({ expiresAt: ctx.now() })
    .where(inTenant(ctx, dataExports, eq(dataExports.status, "ready"), guard)),
  ctx.db
    .update(dataExports)
    .set({ progress: null, leaseUntil: null })
    .where(inTenant(ctx, dataExports, eq(dataExports.status, "waiting"), guard)),
];
