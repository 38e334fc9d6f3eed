import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "./schema/index.ts";

/** Names of the tables whose rows belong to one tenant: those with a `tenantId` column. */
export const tenantTables: readonly string[] = Object.values(schema)
  .filter((table) => is(table, SQLiteTable) && "tenantId" in getTableColumns(table))
  .map((table) => getTableName(table as SQLiteTable));

const ownedTable = new RegExp(`(?:from|join|into|update)\\s+["\`[]?(${tenantTables.join("|")})\\b`, "i");
const namesTenant = /"?tenant_id"?/i;

/** A query reached a tenant's table without naming the tenant. Always a bug of ours. */
export class TenantGuardError extends Error {
  override name = "TenantGuardError";
}

/**
 * The last line of defence: refuses any statement on a tenant-owned table that does not name `tenant_id` and bind this
 * tenant's id. The verbs already say `inTenant(...)`; this catches the one that forgot.
 */
export function guardTenant(d1: D1Database, tenantId: string): D1Database {
  const check = (query: string, values: readonly unknown[]) => {
    if (!ownedTable.test(query)) return;
    if (!namesTenant.test(query) || !values.includes(tenantId)) throw new TenantGuardError(`query without its tenant: ${query}`);
  };
  const prepare = (query: string): D1PreparedStatement => {
    const statement = d1.prepare(query);
    const unbound = () => {
      check(query, []);
      return statement;
    };
    return {
      bind: (...values: unknown[]) => {
        check(query, values);
        return statement.bind(...values);
      },
      first: <T>(column?: string) => (column === undefined ? unbound().first<T>() : unbound().first<T>(column)),
      run: <T>() => unbound().run<T>(),
      all: <T>() => unbound().all<T>(),
      raw: <T>(options?: { columnNames?: false }) => unbound().raw<T>(options),
    } as D1PreparedStatement;
  };
  return new Proxy(d1, {
    get(target, key) {
      if (key === "prepare") return prepare;
      if (key === "exec") return () => Promise.reject(new TenantGuardError("exec is not for a tenant's database"));
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
