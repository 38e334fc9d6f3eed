import { and, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { notices } from "#db/schema/index.ts";
import { type Ctx, requireStaff, requireUser, type TenantCtx } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import type { MarkRead } from "./schemas.ts";

/** One of the asker's own notices of this client, or all of them. Somebody else's is `not_found`; one that is read stays so. */
export async function markRead(ctx: TenantCtx, { noticeId }: MarkRead): Promise<void> {
  const { userId } = requireUser(ctx);
  await mark(ctx.db, ctx.now(), { tenant: ctx.tenant.id, userId, noticeId });
}

/** As `markRead`, of what an admin was told as one of the agency. */
export async function markAgencyRead(ctx: Ctx, { noticeId }: MarkRead): Promise<void> {
  const { userId } = requireStaff(ctx);
  await mark(ctx.directory, ctx.now(), { tenant: "", userId, noticeId });
}

async function mark(
  db: Db,
  now: number,
  { tenant, userId, noticeId }: { tenant: string; userId: string; noticeId: string | undefined },
): Promise<void> {
  const own = and(eq(notices.tenantId, tenant), eq(notices.userId, userId));
  if (noticeId === undefined)
    return void (await db
      .update(notices)
      .set({ readAt: now })
      .where(and(own, isNull(notices.readAt))));
  const marked = await db
    .update(notices)
    .set({ readAt: sql`coalesce(${notices.readAt}, ${now})` })
    .where(and(own, eq(notices.id, noticeId)))
    .returning({ id: notices.id });
  if (marked.length === 0) throw notFound("notice");
}
