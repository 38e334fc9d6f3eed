import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { batchOf, openTenantDb } from "#db/client.ts";
import { holdings } from "#db/holdings.ts";
import { memberships, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";

/** Of a few statements each. */
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

/** What goes with an account, as `db/holdings.ts` says; the account itself last, since who it is stands there. */
const withAccount = holdings
  .flatMap(({ table, withPerson }) => {
    if (!withPerson || "stays" in withPerson) return [];
    const column = getTableColumns(table)[withPerson.by];
    if (!column) throw new Error("db/holdings.ts names no column of the person whose rows are to be erased");
    return [{ table, column, is: withPerson.is }];
  })
  .sort((a, b) => Number(a.table === users) - Number(b.table === users));

/** In one batch, so that nobody is left with an account that belongs nowhere. */
async function eraseMember(ctx: Ctx, { tenantId, userId }: { tenantId: string; userId: string }): Promise<boolean> {
  const db = ctx.directory;
  const alone: SQL = sql`exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.staff} = 0)
    and not exists (select 1 from memberships m where m.user_id = ${userId} and m.tenant_id <> ${tenantId})`;
  const person = { id: sql`${userId}`, email: sql`(select ${users.email} from ${users} where ${users.id} = ${userId})` };
  const results = await batchOf(db, [
    ...withAccount.map(({ table, column, is }) =>
      db.delete(table).where(sql`${column} = ${person[is]} and ${alone}`).returning({ found: sql`1` }),
    ),
    db.delete(memberships).where(and(eq(memberships.userId, userId), eq(memberships.tenantId, tenantId))),
  ]);
  return wrote(results[withAccount.length - 1]);
}
