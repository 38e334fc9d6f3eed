import { and, eq, type SQL, sql } from "drizzle-orm";
import { openTenantDb } from "#db/client.ts";
import { magicLinks, memberships, sessions, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** Of 4 statements each. */
const pageSize = 50;

/**
 * Takes all members out of a tenant. Whoever has no other client and is not staff leaves nothing here: their account, sessions
 * and links are erased too. Answers how many accounts were.
 */
export async function eraseMembers(ctx: Ctx, tenantId: string): Promise<number> {
  const db = openTenantDb(ctx.databases.DB, tenantId);
  let erased = 0;
  for (;;) {
    const members = await db
      .select({ userId: memberships.userId })
      .from(memberships)
      .where(eq(memberships.tenantId, tenantId))
      .limit(pageSize);
    if (members.length === 0) return erased;
    for (const { userId } of members) if (await eraseMember(ctx, { tenantId, userId })) erased += 1;
  }
}

/** In one batch, so that nobody is left with an account that belongs nowhere. */
async function eraseMember(ctx: Ctx, { tenantId, userId }: { tenantId: string; userId: string }): Promise<boolean> {
  const db = ctx.directory;
  const alone: SQL = sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.staff} = 0)
    and not exists (select 1 from memberships m where m.user_id = ${userId} and m.tenant_id <> ${tenantId})`;
  const results = await db.batch([
    db.delete(sessions).where(and(eq(sessions.userId, userId), alone)),
    db
      .delete(magicLinks)
      .where(sql`${magicLinks.email} = (select ${users.email} from ${users} where ${users.id} = ${userId}) and ${alone}`),
    db
      .delete(users)
      .where(and(eq(users.id, userId), alone))
      .returning({ id: users.id }),
    db.delete(memberships).where(and(eq(memberships.userId, userId), eq(memberships.tenantId, tenantId))),
  ]);
  return results[2].length > 0;
}
