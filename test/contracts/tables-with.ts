import { is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { openDb } from "#db/client.ts";
import * as schema from "#db/schema/index.ts";
import { testEnv } from "#test/harness.ts";

/** The tables, by their names in the schema, in any row of which these words stand; bytes are read as text. */
export async function tablesWith(marker: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, table] of Object.entries(schema)) {
    if (!is(table, SQLiteTable)) continue;
    const rows = await openDb(testEnv.DB).select().from(table);
    const text = JSON.stringify(rows, (_, value: unknown) =>
      value !== null && typeof value === "object" && "type" in value && value.type === "Buffer" && "data" in value
        ? new TextDecoder().decode(Uint8Array.from(value.data as number[]))
        : value,
    );
    if (text.includes(marker)) found.push(name);
  }
  return found;
}
