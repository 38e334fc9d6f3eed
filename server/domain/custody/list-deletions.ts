import { desc, eq, lt } from "drizzle-orm";
import { deletions } from "#db/schema/index.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { notFound } from "#server/errors.ts";
import type { DeletionState } from "./schemas.ts";

type DeletionRow = typeof deletions.$inferSelect;

/** The end of a client as staff see it; a receipt where it is done. Times in milliseconds since 1970. */
export type Deletion = Omit<DeletionRow, "sentAt" | "leaseUntil"> & {
  state: DeletionState;
  requestedByName: string | null;
  cancelledByName: string | null;
};

const pageSize = 50;

/** All ends of clients, the newest first, for staff. `cursor` is `next` of the page before. */
export async function listDeletions(
  ctx: Ctx,
  { cursor }: { cursor?: string | undefined },
): Promise<{ items: Deletion[]; next: string | null }> {
  requireStaff(ctx);
  const rows = await ctx.directory
    .select()
    .from(deletions)
    .where(cursor ? lt(deletions.id, cursor) : undefined)
    .orderBy(desc(deletions.id))
    .limit(pageSize + 1);
  const page = rows.slice(0, pageSize);
  return { items: await outward(ctx, page), next: rows.length > pageSize ? (page.at(-1)?.id ?? null) : null };
}

/** One of them with its receipt, for staff. Throws `not_found`. */
export async function findDeletion(ctx: Ctx, { deletionId }: { deletionId: string }): Promise<Deletion> {
  requireStaff(ctx);
  const rows = await ctx.directory.select().from(deletions).where(eq(deletions.id, deletionId));
  const [found] = await outward(ctx, rows);
  if (!found) throw notFound("deletion");
  return found;
}

async function outward(ctx: Ctx, rows: readonly DeletionRow[]): Promise<Deletion[]> {
  const names = await actorNames(
    ctx,
    rows.flatMap(({ requestedBy, cancelledBy }) => [requestedBy, cancelledBy]),
  );
  return rows.map(({ sentAt: _, leaseUntil: __, ...row }) => ({
    ...row,
    state: row.doneAt !== null ? "done" : row.cancelledAt !== null ? "cancelled" : row.startedAt !== null ? "working" : "waiting",
    requestedByName: names.get(row.requestedBy) ?? null,
    cancelledByName: names.get(row.cancelledBy ?? "") ?? null,
  }));
}
