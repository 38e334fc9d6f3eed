import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

type Row<T extends SQLiteTable> = { [K in keyof T["$inferInsert"]]: T["$inferInsert"][K] | SQL };

/**
 * One row for `insert(table).select(...)`, so that it is written only where `condition` holds. SQL puts what is selected into
 * columns by their order alone; here it is the table's own, whatever order the row is given in. What is left out is the column's
 * default, else null.
 */
export function rowIf<T extends SQLiteTable>(table: T, row: Row<T>, condition: SQL): SQL {
  const given: Record<string, unknown> = row;
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = given[name] === undefined ? (column.default ?? null) : given[name];
    return is(value, SQL) ? value : sql.param(value, column);
  });
  return sql`select ${sql.join(values, sql`, `)} where ${condition}`;
}
