import { asc, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { providerName, providers } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import type { CalendarEntry } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { versionCliffs } from "./cliffs.ts";

const page = 500;
/** Nobody needs to know how many more; it bounds what a page costs whose fleet grows. */
const countedAtMost = 1000;
/** Word for word the condition of the index `connections_cliff`. */
const withCliff = sql`status = 'active' and cliff_at is not null`;

/** What ends for this tenant although everything works, the soonest first: its own accesses, and versions that it lives on. */
export async function listCliffs(ctx: TenantCtx): Promise<CalendarEntry[]> {
  const [own, used] = await ctx.db.batch([
    ctx.db
      .select(columns)
      .from(connections)
      .where(inTenant(ctx, connections, withCliff))
      .orderBy(asc(connections.cliffAt)),
    ctx.db
      .selectDistinct({ provider: connections.provider })
      .from(connections)
      .where(inTenant(ctx, connections, sql`status = 'active'`)),
  ]);
  const versions = versionEntries((id) => (used.some(({ provider }) => provider === id) ? 1 : 0));
  return [...own.map(entryOf), ...versions.map((entry) => ({ ...entry, clients: null }))].sort((a, b) => a.at - b.at);
}

/**
 * The same over all tenants, for staff: the 500 soonest, and each version with the number of clients that use its provider, counted
 * to a thousand in each D1.
 */
export async function listAllCliffs(ctx: Ctx): Promise<CalendarEntry[]> {
  const found = await Promise.all(acrossTenants(ctx).map(({ db }) => readAll(db)));
  const clientsOf = (id: string) =>
    found.flatMap(({ used }) => used).reduce((sum, { provider, clients }) => sum + (provider === id ? clients : 0), 0);
  const entries = found.flatMap(({ rows }) => rows.map(entryOf));
  return [...entries, ...versionEntries(clientsOf)].sort((a, b) => a.at - b.at).slice(0, page);
}

const columns = {
  tenant: connections.tenantId,
  connection: connections.id,
  provider: connections.provider,
  name: connections.name,
  kind: connections.kind,
  cliffAt: connections.cliffAt,
  cliffKind: connections.cliffKind,
  warned: connections.cliffWarned,
};

/** One range of the index `connections_used`, whose condition is literal here too. */
const users = sql`select distinct tenant_id from ${connections} where status = 'active' and provider = p.value limit ${countedAtMost}`;
const versionedProviders = [...new Set(versionCliffs(providers).map(({ provider }) => provider.id))];

async function readAll(db: Db) {
  const [rows, used] = await db.batch([
    db.select(columns).from(connections).where(withCliff).orderBy(asc(connections.cliffAt)).limit(page),
    db
      .select({ provider: sql<string>`p.value`, clients: sql<number>`(select count(*) from (${users}))` })
      .from(sql`json_each(${JSON.stringify(versionedProviders)}) p`),
  ]);
  return { rows, used };
}

type CliffRow = Awaited<ReturnType<typeof readAll>>["rows"][number];

function entryOf({ kind, cliffAt, cliffKind, ...row }: CliffRow): CalendarEntry {
  if (cliffAt === null || cliffKind === null) throw new Error("the query asks for rows with a cliff");
  return { ...row, at: cliffAt, kind: cliffKind, providerName: providerName(row.provider), mend: kind, clients: null };
}

/** Of providers that somebody uses. Their ends are the same for all, and ours to mend. */
function versionEntries(clientsOf: (provider: string) => number): CalendarEntry[] {
  return versionCliffs(providers)
    .filter(({ provider }) => clientsOf(provider.id) > 0)
    .map(({ provider, name, at }) => ({
      at,
      kind: "version",
      tenant: null,
      connection: null,
      provider: provider.id,
      providerName: provider.name,
      name,
      warned: null,
      mend: "agency",
      clients: clientsOf(provider.id),
    }));
}
