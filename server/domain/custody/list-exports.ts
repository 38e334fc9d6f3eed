import { desc, gt } from "drizzle-orm";
import { dataExports } from "#db/schema/index.ts";
import type { ExportProgress, ExportStatus } from "#db/words/custody.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** An export as its page shows it. Times in milliseconds since 1970. */
export interface DataExport {
  id: string;
  status: ExportStatus;
  requestedAt: number;
  requestedBy: string;
  doneAt: number | null;
  expiresAt: number;
  bytes: number | null;
  /** While it is being made, so far. */
  rows: number;
}

const writtenBy = (progress: ExportProgress | null): number[] =>
  progress === null ? [] : [...progress.zip.done, ...(progress.zip.open ? [progress.zip.open] : [])].map(({ rows }) => rows);

/** The exports of a tenant that are not over, the newest first. */
export async function listExports(ctx: TenantCtx): Promise<DataExport[]> {
  requirePermission(ctx, "data:export");
  const rows = await ctx.db
    .select()
    .from(dataExports)
    .where(inTenant(ctx, dataExports, gt(dataExports.expiresAt, ctx.now())))
    .orderBy(desc(dataExports.id))
    .limit(20);
  const names = await actorNames(
    ctx,
    rows.map(({ requestedBy }) => requestedBy),
  );
  return rows.map(({ id, status, requestedAt, requestedBy, doneAt, expiresAt, bytes, contents, progress }) => ({
    id,
    status,
    requestedAt,
    requestedBy: names.get(requestedBy) ?? "",
    doneAt,
    expiresAt,
    bytes,
    rows: [...Object.values(contents ?? {}), ...writtenBy(progress)].reduce((sum, count) => sum + count, 0),
  }));
}
