import { and, desc, eq, max, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { sessions, users } from "#db/schema/index.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { conflict, notFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import type { AddAdmin, Admin, AdminRef } from "./schemas.ts";

/** The agency's admins, whoever was here last first. Instants in milliseconds since 1970. */
export async function listAdmins(ctx: Ctx): Promise<Admin[]> {
  const { userId: self } = requireStaff(ctx);
  const lastSeenAt = max(sessions.lastUsedAt);
  const rows = await ctx.directory
    .select({ userId: users.id, name: users.name, email: users.email, lastSeenAt })
    .from(users)
    .leftJoin(sessions, eq(sessions.userId, users.id))
    .where(eq(users.staff, true))
    .groupBy(users.id)
    .orderBy(desc(lastSeenAt), users.email);
  return rows.map((row) => ({ ...row, self: row.userId === self }));
}

/**
 * Makes whoever has this address an admin of the agency, who sees every client: they sign in with it as everybody does. `conflict` for who
 * is one. Sessions that they had end, since a code of six digits may have begun them (see `redeemCode`). Audited for all admins, who are told, as they
 * are themselves how to sign in.
 */
export async function addAdmin(ctx: Ctx, { email }: AddAdmin): Promise<void> {
  const by = requireStaff(ctx);
  const now = ctx.now();
  const [person] = await ctx.directory.select({ id: users.id, staff: users.staff }).from(users).where(eq(users.email, email));
  if (person?.staff) throw conflict("already_admin", {}, { field: "email" });
  const id = person?.id ?? newId("usr", now);
  const row = { id, email, locale: by.locale, timezone: by.timezone, staff: true, onboardedAt: now, createdAt: now };
  const guard = isStillAdmin(by.userId);
  const notYet = sql`exists (select 1 from ${users} u where u.id = ${id} and u.staff = 0)`;
  const [, made] = await commitIf(ctx, guard, "admin.added", { user: id }, [
    ctx.directory.delete(sessions).where(and(eq(sessions.userId, id), guard, notYet)),
    ctx.directory
      .insert(users)
      .select(rowIf(users, row, guard))
      .onConflictDoUpdate({ target: users.email, set: { staff: true }, setWhere: eq(users.staff, false) })
      .returning({ id: users.id }),
  ]);
  if (!wrote(made)) throw conflict("already_admin", {}, { field: "email" });
  const mail = { v: 1, type: "mail.admin_added", user: id, by: by.userId, at: now } as const;
  await notify(ctx, { mail, event: now, except: id });
}

/**
 * Takes another admin's rights away and ends their sessions; what they did stays in the logs. Nobody removes themselves, so that one is
 * always left. `not_found` for who is no admin.
 */
export async function removeAdmin(ctx: Ctx, { userId }: AdminRef): Promise<void> {
  const by = requireStaff(ctx);
  if (userId === by.userId) throw conflict("admin_self");
  // Two who remove each other at once: the second finds that it is none any more.
  const guard = sql`${isStillAdmin(by.userId)} and ${isStillAdmin(userId)}`;
  const [, removed] = await commitIf(ctx, guard, "admin.removed", { user: userId }, [
    ctx.directory.delete(sessions).where(and(eq(sessions.userId, userId), guard)),
    ctx.directory
      .update(users)
      .set({ staff: false })
      .where(and(eq(users.id, userId), guard))
      .returning({ id: users.id }),
  ]);
  if (!wrote(removed)) throw notFound("member");
}

const isStillAdmin = (userId: string): SQL => sql`exists (select 1 from ${users} u where u.id = ${userId} and u.staff = 1)`;
