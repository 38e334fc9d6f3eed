import { inArray, sql } from "drizzle-orm";
import { placesIn } from "#db/client.ts";
import { tenants } from "#db/schema/index.ts";
import type { Place } from "#db/words/places.ts";
import type { Ctx } from "#server/ctx.ts";

/**
 * So long a place that was looked up is believed. Whoever moves a client's rows copies them, writes its new place, and leaves the old
 * ones for longer than this; a run whose message comes to the wrong place meanwhile is claimed by nobody there, and the sweep sends it again.
 */
export const placeHeldMs = 60_000;
const mostHeld = 10_000;

const held = new Map<string, { place: Place; until: number }>();

/** In which D1 the rows of each of these clients are; none for a client that is no more. Where one D1 is bound, nobody is asked. */
export async function placesOf(ctx: Ctx, tenantIds: readonly string[]): Promise<Map<string, Place>> {
  const [only, ...others] = placesIn(ctx.databases);
  const now = ctx.now();
  const known = new Map<string, Place>();
  for (const id of tenantIds) {
    const kept = held.get(id);
    if (only && others.length === 0) known.set(id, only);
    else if (kept && kept.until > now && kept.until <= now + placeHeldMs) known.set(id, kept.place);
  }
  const unknown = [...new Set(tenantIds)].filter((id) => !known.has(id));
  if (unknown.length === 0) return known;
  const rows = await ctx.directory
    .select({ id: tenants.id, place: tenants.place })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(unknown)}))`));
  if (held.size + rows.length > mostHeld) held.clear();
  for (const { id, place } of rows) {
    known.set(id, place);
    held.set(id, { place, until: now + placeHeldMs });
  }
  return known;
}
