import { and, desc, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { invalid } from "#server/errors.ts";
import { type Client, type Glance, type ListClients, toClient } from "./client.ts";
import { glanceAt } from "./glance-at.ts";

/**
 * A page of the agency's clients, newest first, each with its health at a glance: one query for the clients and one
 * batch for their health, all by index, however many clients there are.
 */
export async function listClients(
  ctx: Ctx,
  { search, status, cursor, limit }: ListClients,
): Promise<{ items: (Client & { health: Glance })[]; next: string | null }> {
  const rows = await ctx.directory
    .select()
    .from(tenants)
    .where(and(status && eq(tenants.status, status), search ? beginsWith(search) : undefined, cursor ? after(cursor) : undefined))
    .orderBy(desc(tenants.createdAt), desc(tenants.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const health = await glanceAt(
    ctx,
    page.map(({ id }) => id),
  );
  return {
    items: page.map((tenant) => ({ ...toClient(tenant), health: health(tenant.id) })),
    next: rows.length > limit && last ? `${last.createdAt}.${last.id}` : null,
  };
}

/** Two ranges, each in its index. SQLite's `lower` folds ASCII alone, so what is asked for is folded alike. */
function beginsWith(search: string): SQL | undefined {
  const folded = search.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const end = `${folded}\u{10ffff}`;
  const name = sql`lower(${tenants.name})`;
  return or(and(gte(name, folded), lt(name, end)), and(gte(tenants.id, folded), lt(tenants.id, end)));
}

function after(cursor: string): SQL {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? [];
  if (!createdAt || !id) throw invalid("cursor", "This is not a page's `next`.");
  return sql`(${tenants.createdAt}, ${tenants.id}) < (${Number(createdAt)}, ${id})`;
}
