import { type AnyColumn, and, desc, eq, type SQL, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { indexNames, named } from "#server/domain/tenancy/search-names.ts";
import { invalid } from "#server/errors.ts";
import { describeClients } from "./describe-clients.ts";
import { glanceAt } from "./glance-at.ts";
import type { ClientWithHealth, ListClients } from "./schemas.ts";

/**
 * A page of the agency's clients, newest first, each with its health at a glance: one query for the clients and one
 * batch for their health, all by index, however many clients there are.
 */
export async function listClients(
  ctx: Ctx,
  { search, status, cursor, limit }: ListClients,
): Promise<{ items: ClientWithHealth[]; next: string | null }> {
  if (search) await indexNames(ctx);
  // A term with a plus is taken from no index: what was searched for is few, and is told apart and sorted by itself.
  const term = (column: AnyColumn) => (search ? sql`+${column}` : sql`${column}`);
  const rows = await ctx.directory
    .select()
    .from(tenants)
    .where(
      and(
        status && eq(term(tenants.status), status),
        search ? named(search) : undefined,
        cursor ? after(cursor, term(tenants.createdAt)) : undefined,
      ),
    )
    .orderBy(desc(term(tenants.createdAt)), desc(tenants.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const [clients, health] = await Promise.all([describeClients(ctx, page), glanceAt(ctx, page)]);
  return {
    items: clients.map((client) => ({ ...client, health: health(client.id) })),
    next: rows.length > limit && last ? `${last.createdAt}.${last.id}` : null,
  };
}

function after(cursor: string, created: SQL): SQL {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? [];
  if (!createdAt || !id) throw invalid("cursor", "place_unknown");
  return sql`(${created}, ${tenants.id}) < (${Number(createdAt)}, ${id})`;
}
