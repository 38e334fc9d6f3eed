import { inArray, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { type Ctx, requireAgency } from "#server/ctx.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";
import { searchNames } from "#server/domain/tenancy/search-names.ts";
import type { ClientName, PickClients } from "./schemas.ts";

/**
 * The clients that a typed text may mean: the one that has it as its id; else those that have it as their name, with the one that a picker
 * writes so (`Name (id)`), which are several where a name ends like a picker's text; else those that a search finds, the newest first.
 */
export async function pickClients(ctx: Ctx, { search, limit }: PickClients): Promise<ClientName[]> {
  requireAgency(ctx);
  if (search === "") return [];
  const [, written = "", bracketed = ""] = /^(.*?)\s*\(([a-z0-9-]+)\)$/.exec(search) ?? [];
  const byId = await namesOf(ctx, [search, bracketed]);
  const own = byId.find(({ id }) => id === search);
  if (own) return [own];
  const found = await searchNames(ctx, { search, before: undefined, limit });
  const rows = await namesOf(
    ctx,
    found.map(({ id }) => id),
  );
  const named = found.flatMap(({ id }) => rows.find((row) => row.id === id) ?? []);
  const isCalled = (name: string, text: string) => foldText(name) === foldText(text);
  const exactly = named.filter(({ name }) => isCalled(name, search));
  const picked = byId.filter(({ name }) => isCalled(name, written));
  if (exactly.length + picked.length > 0) return [...picked, ...exactly];
  // In brackets stands a client's id behind a name that is not, or no more, its own.
  return [...byId, ...named.filter(({ id }) => id !== bracketed)];
}

const namesOf = ({ directory }: Ctx, ids: readonly string[]): Promise<ClientName[]> =>
  directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
