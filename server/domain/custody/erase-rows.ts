import { type SQL, sql } from "drizzle-orm";
import { type Db, openDb, openTenantDb, type Place } from "#db/client.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import type { Ctx } from "#server/ctx.ts";

const pageRows = 1000;

/**
 * Erases all rows of a tenant in one D1, page by page: of every table that is a tenant's, so that a new one is covered by
 * itself, and what names the tenant elsewhere. Answers how many of `pages` are left; 0 says that there may be more.
 */
export async function eraseRows(ctx: Ctx, { place, tenantId, pages }: { place: Place; tenantId: string; pages: number }): Promise<number> {
  const d1 = ctx.databases[place];
  const owned = openTenantDb(d1, tenantId);
  let left = pages;
  for (const table of tenantTables) left = await erasePages(owned, sql.identifier(table), sql`tenant_id = ${tenantId}`, left);
  if (place !== "DB") return left;
  const directory = openDb(d1);
  left = await erasePages(directory, sql`dead_letters`, sql`of_tenant = ${tenantId}`, left);
  left = await erasePages(directory, sql`oauth_states`, sql`for_tenant = ${tenantId}`, left);
  // Keys of limits are made of parts: one of them is the tenant.
  return erasePages(directory, sql`rate_limits`, sql`instr(':' || key || ':', ${`:${tenantId}:`}) > 0`, left);
}

/** Pages, since a statement of D1 has thirty seconds, however many rows there are. */
async function erasePages(db: Db, table: SQL | ReturnType<typeof sql.identifier>, where: SQL, pages: number): Promise<number> {
  for (let left = pages; left > 0; left--) {
    const { meta } = await db.run(
      sql`delete from ${table} where ${where} and rowid in (select rowid from ${table} where ${where} limit ${pageRows})`,
    );
    if (meta.changes < pageRows) return left;
  }
  return 0;
}
