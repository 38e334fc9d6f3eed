import { inArray, sql } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** What people are called, by their user id: their name, else their address. Ids of nobody (a job's, say) are left out. */
export async function actorNames(ctx: Ctx, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids.filter((id) => id !== null))];
  if (asked.length === 0) return new Map();
  const people = await ctx.directory
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(inArray(users.id, sql`(select value from json_each(${JSON.stringify(asked)}))`));
  return new Map(people.map(({ id, name, email }) => [id, name || email]));
}
