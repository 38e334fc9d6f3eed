import { inArray, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** What clients are called, by their ids; those that are gone are left out. For what the agency reads. */
export async function clientNames({ directory }: Ctx, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids.filter((id) => id !== null && id !== ""))];
  if (asked.length === 0) return new Map();
  const rows = await directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(asked)}))`));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
