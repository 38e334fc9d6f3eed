import { eq, inArray, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { type Ctx, requireAgency } from "#server/ctx.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";
import { searchNames } from "#server/domain/tenancy/search-names.ts";
import type { ClientName, PickClients } from "./schemas.ts";

/**
 * The clients that a typed text may mean: the one that has it as its id (alone, or in brackets at its end as a picker writes it), else
 * those that have it as their name, else those that a search finds, the newest first.
 */
export async function pickClients(ctx: Ctx, { search, limit }: PickClients): Promise<ClientName[]> {
  requireAgency(ctx);
  if (search === "") return [];
  const [, bracketed] = /\(([a-z0-9-]+)\)$/.exec(search) ?? [];
  const own = { id: tenants.id, name: tenants.name };
  const byId = await ctx.directory
    .select(own)
    .from(tenants)
    .where(eq(tenants.id, bracketed ?? search));
  if (byId.length > 0) return byId;
  const found = await searchNames(ctx, { search, before: undefined, limit });
  const rows = await ctx.directory
    .select(own)
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(found.map(({ id }) => id))}))`));
  const named = found.flatMap(({ id }) => rows.find((row) => row.id === id) ?? []);
  const exactly = named.filter(({ name }) => foldText(name) === foldText(search));
  return exactly.length > 0 ? exactly : named;
}
