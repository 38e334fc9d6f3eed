import { and, asc, count, eq, max, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { resources } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { invalid } from "#server/errors.ts";
import { findChoice } from "./find-choice.ts";
import type { ListResources, ResourcePage } from "./schemas.ts";

const columns = {
  id: resources.externalId,
  name: resources.name,
  parent: resources.parent,
  currency: resources.currency,
  timezone: resources.timezone,
};

/** The name and id after which a page begins. */
const Cursor = z.tuple([z.string(), z.string()]);

/**
 * What the client can choose from under a connection, by name: as the provider last listed it, a page at a time. `search`
 * finds a part of a name or an id. Throws `not_found`, `invalid` for a kind that the provider does not have.
 */
export async function listResourcesOf(
  ctx: TenantCtx,
  { connectionId, kind, search, cursor, limit, ids }: ListResources,
): Promise<ResourcePage> {
  const { connection } = await findChoice(ctx, { connectionId, kind });
  const words = foldText(search ?? "");
  const own = and(eq(resources.connectionId, connectionId), eq(resources.kind, kind));
  const [found, [sums], picked] = await ctx.db.batch([
    ctx.db
      .select({ ...columns, place: sql<string>`lower(${resources.name})` })
      .from(resources)
      .where(inTenant(ctx, resources, own, after(cursor)))
      .orderBy(sql`lower(${resources.name})`, asc(resources.externalId))
      // What is searched for is told apart here, since SQLite knows the case of ASCII alone and no accents: an account's whole list is read.
      .limit(words === "" ? limit + 1 : -1),
    ctx.db
      .select({ total: count(), listedAt: max(resources.listedAt) })
      .from(resources)
      .where(inTenant(ctx, resources, own)),
    ctx.db
      .select(columns)
      .from(resources)
      .where(inTenant(ctx, resources, own, sql`${resources.externalId} in (select value from json_each(${JSON.stringify(ids)}))`))
      .orderBy(sql`lower(${resources.name})`, asc(resources.externalId)),
  ]);
  const fitting = words === "" ? found : found.filter(({ name, id }) => foldText(name).includes(words) || foldText(id).includes(words));
  const page = fitting.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ place: _, ...item }) => item),
    picked,
    next: fitting.length > limit && last ? JSON.stringify([last.place, last.id]) : null,
    total: sums?.total ?? 0,
    listedAt: sums?.listedAt ?? null,
    chosen: connection.chosen.filter((each) => each.kind === kind),
  };
}

function after(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const parsed = Cursor.safeParse(parse(cursor));
  if (!parsed.success) throw invalid("cursor", "place_unknown");
  const [place, id] = parsed.data;
  return sql`(lower(${resources.name}), ${resources.externalId}) > (${place}, ${id})`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what does not parse fits no cursor either, and is refused as that
  }
}
