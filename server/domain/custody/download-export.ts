import { eq, gt } from "drizzle-orm";
import { dataExports, exportChunks } from "#db/schema/index.ts";
import { type Ctx, requirePermission, requireUser } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { enterFor } from "#server/domain/tenancy/enter-for.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { notFound } from "#server/errors.ts";

/** A zip on its way out. */
export interface Download {
  fileName: string;
  bytes: number;
  body: ReadableStream<Uint8Array>;
}

/**
 * Hands out an export that is ready, piece by piece, to a member who may have it or to staff. Each download is a line in the
 * client's own log. Throws `not_found`, also once it is over, `forbidden`,
 * and `rate_limited`.
 */
export async function downloadExport(outer: Ctx, { tenant, exportId }: { tenant: string; exportId: string }): Promise<Download> {
  requireUser(outer);
  const ctx = await enterFor(outer, tenant);
  requirePermission(ctx, "data:export");
  const ready = inTenant(
    ctx,
    dataExports,
    eq(dataExports.id, exportId),
    eq(dataExports.status, "ready"),
    gt(dataExports.expiresAt, ctx.now()),
  );
  const [found] = await ctx.db.select().from(dataExports).where(ready);
  if (!found?.bytes) throw notFound("export");
  await takeFromLimit(ctx, limitOf("export-download:tenant", `${ctx.tenant.id}:${exportId}`));
  await commit(ctx, "export.downloaded", { export: exportId }, []);
  const { bytes, doneAt } = found;
  let [seq, sent] = [0, 0];
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const [piece] = await ctx.db
        .select({ bytes: exportChunks.bytes })
        .from(exportChunks)
        .where(inTenant(ctx, exportChunks, eq(exportChunks.exportId, exportId), eq(exportChunks.seq, seq)));
      if (!piece) {
        controller.error(new Error("a piece of the export is gone"));
        return;
      }
      controller.enqueue(new Uint8Array(piece.bytes));
      seq += 1;
      sent += piece.bytes.length;
      if (sent >= bytes) controller.close();
    },
  });
  return { fileName: `${ctx.tenant.id}-${new Date(doneAt ?? ctx.now()).toISOString().slice(0, 10)}.zip`, bytes, body };
}
