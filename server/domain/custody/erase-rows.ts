import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Db, databaseAt, openDb, openTenantDb } from "#db/client.ts";
import { type Holding, holdings } from "#db/holdings.ts";
import { rateLimits } from "#db/schema/index.ts";
import type { Place } from "#db/words/places.ts";
import type { Ctx } from "#server/ctx.ts";
import { keysOfTenant } from "#server/domain/tenancy/keys-of-tenant.ts";

const pageRows = 1000;

/**
 * Erases all rows of a tenant in one D1, page by page: of every table of which `db/holdings.ts` says so. Answers how many of
 * `pages` are left; 0 says that there may be more.
 */
export async function eraseRows(ctx: Ctx, { place, tenantId, pages }: { place: Place; tenantId: string; pages: number }): Promise<number> {
  const d1 = databaseAt(ctx.databases, place);
  let left = pages;
  for (const { table, client, atEnd } of holdings) {
    if (atEnd !== "erased") continue;
    // Guarded where the table is a tenant's; what only names one is in the directory.
    const own = client === "tenantId";
    if (own || place === "DB")
      left = await erasePages(own ? openTenantDb(d1, tenantId) : openDb(d1), { table, of: whose(table, client, tenantId), pages: left });
  }
  return left;
}

function whose(table: SQLiteTable, client: Holding["client"], tenantId: string): SQL {
  if (table === rateLimits) return keysOfTenant(tenantId);
  const column = client === null ? undefined : getTableColumns(table)[client];
  if (!column) throw new Error("db/holdings.ts names no column of the client whose rows are to be erased");
  return sql`${column} = ${tenantId}`;
}

/** Pages, since a statement of D1 has thirty seconds, however many rows there are. */
async function erasePages(db: Db, { table, of, pages }: { table: SQLiteTable; of: SQL; pages: number }): Promise<number> {
  for (let left = pages; left > 0; left--) {
    const { meta } = await db.run(
      sql`delete from ${table} where ${of} and rowid in (select rowid from ${table} where ${of} limit ${pageRows})`,
    );
    if (meta.changes < pageRows) return left;
  }
  return 0;
}
