import { sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import { type AnySQLiteColumn, check, integer, text } from "drizzle-orm/sqlite-core";

/** An instant: milliseconds since 1970-01-01 UTC. */
export const instant = () => integer();

/** Who owns the row. Every tenant-owned table has this column, under this name, first in its indexes. */
export const tenantId = () => text().notNull();

/** JSON kept as text; its shape is checked where it enters, so that what is read back can be trusted. */
export const json = <T>() => text({ mode: "json" }).$type<T>();

/**
 * D1 refuses what is not in the list of this column (`text({ enum })`). For lists that are what the engine knows; one that grows with
 * what is built (kinds of notices, costs, errors, languages) has none, since SQLite writes a table anew to change its CHECK.
 */
export function known({ name, enumValues = [] }: AnySQLiteColumn) {
  const column = toSnakeCase(name);
  // Not `in (…)`: SQLite looks that up in a table of its own for each row it writes, and D1 counts it as a row read.
  return check(`${column}_known`, sql.raw(enumValues.map((value) => `"${column}" = '${value}'`).join(" or ")));
}

export type TenantOwned = { tenantId: AnySQLiteColumn };
