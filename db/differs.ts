import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * Whether a row is otherwise than this change would make it: the guard of a write that shall leave no trace where it changes nothing.
 * What is not given (undefined) is not asked about, as it is not written.
 */
export function differs<T extends SQLiteTable>(table: T, change: Partial<{ [K in keyof T["$inferInsert"]]: unknown }>): SQL {
  const columns = getTableColumns(table);
  const parts = Object.entries(change).flatMap(([name, value]) => {
    const column = columns[name];
    if (!column || value === undefined) return [];
    return [sql`${column} is not ${is(value, SQL) ? value : sql.param(value, column)}`];
  });
  return parts.length > 0 ? sql`(${sql.join(parts, sql` or `)})` : sql`0`;
}
