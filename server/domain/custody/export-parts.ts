import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { columnsOf, holdings } from "#db/holdings.ts";
import { auditLog } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";

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

/** What is in an export of this client: where its rows are apart from the directory's, so are the lines of its log. */
export const partsOf = ({ place }: Pick<Tenant, "place">): readonly ExportPart[] =>
  exportParts.flatMap((part) => {
    const isApart = part.table === auditLog && place !== "DB";
    return isApart ? [part, { ...part, file: "audit_log_directory.json", atDirectory: true }] : [part];
  });

/** Tenant-owned tables that no export holds, and why. */
export const notExported: Readonly<Record<string, string>> = Object.fromEntries(
  holdings.flatMap(({ table, exported }) => ("not" in exported && isTenants(table) ? [[getTableName(table), exported.not]] : [])),
);
