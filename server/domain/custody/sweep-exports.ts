import { and, inArray, lte, sql } from "drizzle-orm";
import { dataExports, exportChunks } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";

/** A message that was sent this long ago and not worked off is taken for lost. */
const lostMs = 10 * 60_000;
/** Exports that are taken away in one tick of the cron. */
const pageSize = 20;

/** Sends lost exports again and takes away those whose time is over, with all their pieces. Answers counts. */
export async function sweepExports(ctx: Ctx): Promise<{ resent: number; deleted: number }> {
  const now = ctx.now();
  const sums = { resent: 0, deleted: 0 };
  await inEachPlace(ctx, async ({ db }) => {
    const lost = await db
      .update(dataExports)
      .set({ sentAt: now })
      // The literal condition is that of its index.
      .where(
        sql`status = 'waiting' and ${dataExports.sentAt} <= ${now - lostMs} and (${dataExports.leaseUntil} is null or ${dataExports.leaseUntil} <= ${now})`,
      )
      .returning({ id: dataExports.id, tenant: dataExports.tenantId });
    if (lost.length > 0) await ctx.send.tasks(lost.map(({ id, tenant }) => ({ v: 1, type: "export", tenant, export: id })));
    const over = await db
      .select({ id: dataExports.id, tenant: dataExports.tenantId })
      .from(dataExports)
      .where(lte(dataExports.expiresAt, now))
      .limit(pageSize);
    for (const { id, tenant } of over)
      await db.batch([
        db.delete(exportChunks).where(and(sql`${exportChunks.tenantId} = ${tenant}`, sql`${exportChunks.exportId} = ${id}`)),
        db.delete(dataExports).where(inArray(dataExports.id, [id])),
      ]);
    sums.resent += lost.length;
    sums.deleted += over.length;
  });
  return sums;
}
