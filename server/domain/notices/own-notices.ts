import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { keep } from "#db/kept.ts";
import { connections, notices } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireStaff, requireUser, type TenantCtx } from "#server/ctx.ts";
import type { ListOwnNotices, OwnNotice, OwnNotices } from "./schemas.ts";

/** Nobody needs to know how many more. */
export const countedAtMost = 100;

/** Word for word the condition of the index `notices_unread`: SQLite does not see bound values when it picks one. */
export const isUnread = sql`read_at is null and resolved_at is null and shown = 1`;

/** The notices of one place (`tenant`: a client's id, "" for the agency) that a person (`userId`) has not read. */
export const unreadOf = keep((db) =>
  db
    .select({ id: notices.id })
    .from(notices)
    .where(and(eq(notices.tenantId, sql.placeholder("tenant")), eq(notices.userId, sql.placeholder("userId")), isUnread))
    .limit(countedAtMost),
);

/** What the person who asks was told in this client. */
export const listOwnNotices = async (ctx: TenantCtx, input: ListOwnNotices): Promise<OwnNotices> =>
  pageOf(ctx.db, { tenant: ctx.tenant.id, userId: requireUser(ctx).userId }, input);

/** What the admin who asks was told as one of the agency. */
export const listAgencyNotices = async (ctx: Ctx, input: ListOwnNotices): Promise<OwnNotices> =>
  pageOf(ctx.directory, { tenant: "", userId: requireStaff(ctx).userId }, input);

async function pageOf(
  db: Db,
  { tenant, userId }: { tenant: string; userId: string },
  { cursor, limit }: ListOwnNotices,
): Promise<OwnNotices> {
  const own = and(eq(notices.tenantId, tenant), eq(notices.userId, userId), eq(notices.shown, true));
  const those = () =>
    db
      .select({ notice: notices, account: { name: connections.name, provider: connections.provider } })
      .from(notices)
      .leftJoin(connections, and(eq(connections.id, notices.subject), eq(connections.tenantId, notices.tenantId)));
  const before = cursor ? lt(notices.id, cursor) : undefined;
  const [unread, earlier] = await db.batch([
    those()
      .where(and(own, isUnread))
      .orderBy(desc(notices.id))
      .limit(cursor ? 0 : countedAtMost),
    those()
      .where(and(own, sql`not (${isUnread})`, before))
      .orderBy(desc(notices.id))
      .limit(limit + 1),
  ]);
  const page = earlier.slice(0, limit);
  return {
    unread: unread.map(view),
    earlier: page.map(view),
    next: earlier.length > limit ? (page.at(-1)?.notice.id ?? null) : null,
  };
}

function view({ notice, account }: { notice: typeof notices.$inferSelect; account: { name: string; provider: string } | null }): OwnNotice {
  const { id, kind, subject, params, createdAt, readAt, resolvedAt } = notice;
  const provider = account?.provider ?? params.provider;
  return {
    ...{ id, kind, subject, params, createdAt, readAt, resolvedAt },
    provider: provider === undefined ? null : { id: provider, name: providerName(provider) },
    account: account?.name ?? null,
  };
}
