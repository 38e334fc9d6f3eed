import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { columnsOf, holdings } from "#db/holdings.ts";

/** One file of an export: a tenant's table in order of its key. */
export interface ExportPart {
  file: string;
  table: SQLiteTable & { tenantId: SQLiteColumn };
  /** The rest of its primary key behind the tenant: what its pages are read by. */
  key: readonly string[];
  /** Columns that are none of the tenant's data: leases, fences, what is sealed. */
  without: readonly string[];
  /** In the directory, beside the people whom it names. */
  atDirectory?: boolean;
}

const isTenants = (table: SQLiteTable): table is ExportPart["table"] => "tenantId" in getTableColumns(table);

/** What an export holds, as `db/holdings.ts` says. Secrets, sealed bodies and keys are in none of these tables' columns. */
export const exportParts: readonly ExportPart[] = holdings.flatMap((holding) => {
  const { table, exported } = holding;
  if ("not" in exported || !isTenants(table)) return [];
  return [{ ...exported, table, without: columnsOf(holding, "sealed", "packed", "engine") }];
});

/** Tenant-owned tables that no export holds, and why. */
export const notExported: Readonly<Record<string, string>> = Object.fromEntries(
  holdings.flatMap(({ table, exported }) => ("not" in exported && isTenants(table) ? [[getTableName(table), exported.not]] : [])),
);
