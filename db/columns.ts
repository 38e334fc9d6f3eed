import { type AnySQLiteColumn, integer, text } from "drizzle-orm/sqlite-core";

/** An instant: milliseconds since 1970-01-01 UTC. */
export const instant = () => integer();

/** Who owns the row. Every tenant-owned table has this column, under this name, first in its indexes. */
export const tenantId = () => text().notNull();

/** JSON kept as text; its shape is checked where it enters, so that what is read back can be trusted. */
export const json = <T>() => text({ mode: "json" }).$type<T>();

export type TenantOwned = { tenantId: AnySQLiteColumn };
