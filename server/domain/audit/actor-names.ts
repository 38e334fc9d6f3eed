import { inArray, sql } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import type { Locale } from "#server/domain/tenants/schemas.ts";
import { agencyName } from "./agency-name.ts";

/** Who reads the names: an admin of the agency, or people of a client, in their language. */
export type NameReader = "staff" | Locale;

/** Whoever acts; what a job writes is read by the client's people unless it says otherwise. */
export function readerOf(ctx: Ctx | TenantCtx): NameReader {
  if (ctx.actor.type === "user") return ctx.actor.staff ? "staff" : ctx.actor.locale;
  return "tenant" in ctx ? ctx.tenant.locale : "en";
}

/**
 * What people are called, by their user id: their name, else their address; to a client's people the agency's admins are "the agency".
 * Ids of nobody (a job's, say) are left out.
 */
export async function actorNames(
  ctx: Ctx | TenantCtx,
  ids: readonly (string | null)[],
  reader: NameReader = readerOf(ctx),
): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(ids.filter((id) => id !== null))];
  if (asked.length === 0) return new Map();
  const people = await ctx.directory
    .select({ id: users.id, name: users.name, email: users.email, staff: users.staff })
    .from(users)
    .where(inArray(users.id, sql`(select value from json_each(${JSON.stringify(asked)}))`));
  return new Map(people.map(({ id, name, email, staff }) => [id, staff && reader !== "staff" ? agencyName[reader] : name || email]));
}
