import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { clientTotals, tenants } from "#db/schema/index.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { type Attention, needingAttention } from "#server/domain/health/needing-attention.ts";
import { searchNames } from "#server/domain/tenancy/search-names.ts";
import { invalid } from "#server/errors.ts";
import { describeClients } from "./describe-clients.ts";
import { glanceAt } from "./glance-at.ts";
import type { ClientWithHealth, ListClients } from "./schemas.ts";

/** So many that a search finds are looked at for those of the status that is asked for; the next page goes on behind them. */
const lookedAt = 500;

interface Rows {
  rows: Tenant[];
  next: string | null;
}

/**
 * A page of the agency's clients, each with its health at a glance: those that need attention first, the worst first, then the newest; of a
 * search the newest that were found. All by index, however many clients there are. `totals` are those of the status that is asked for.
 */
export async function listClients(
  ctx: Ctx,
  asked: ListClients,
): Promise<{ items: ClientWithHealth[]; next: string | null; totals: { clients: number; attention: number } }> {
  const [attention, totals] = await Promise.all([needingAttention(ctx), totalOf(ctx, asked)]);
  const troubled = await troubledOf(ctx, attention, asked);
  const { rows, next } = await (asked.search ? found(ctx, asked, asked.search, attention) : listed(ctx, asked, troubled));
  const [clients, health] = await Promise.all([describeClients(ctx, rows), glanceAt(ctx, rows)]);
  return {
    items: clients.map((client) => ({ ...client, health: health(client.id), attention: attention.get(client.id) ?? null })),
    next,
    totals: { clients: totals, attention: troubled.length },
  };
}

/** Triggers keep what is read here: no client is counted. */
async function totalOf({ directory }: Ctx, { status }: ListClients): Promise<number> {
  const rows = await directory
    .select({ clients: clientTotals.clients })
    .from(clientTotals)
    .where(status && eq(clientTotals.status, status));
  return rows.reduce((sum, { clients }) => sum + clients, 0);
}

/** The worst first, as `attention` has them. */
async function troubledOf({ directory }: Ctx, attention: Attention, { status }: ListClients): Promise<Tenant[]> {
  if (attention.size === 0) return [];
  const rows = await directory
    .select()
    .from(tenants)
    .where(and(inArray(tenants.id, listOf([...attention.keys()])), status && sql`+${tenants.status} = ${status}`));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...attention.keys()].flatMap((id) => byId.get(id) ?? []);
}

const listOf = (ids: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(ids)}))`;

async function listed({ directory }: Ctx, { attention, status, cursor, limit }: ListClients, troubled: readonly Tenant[]): Promise<Rows> {
  const place = placeOf(cursor);
  const from = "at" in place ? troubled.length : place.skip;
  const first = troubled.slice(from, from + limit + 1);
  const room = limit + 1 - first.length;
  const others =
    attention || room === 0
      ? []
      : await directory
          .select()
          .from(tenants)
          .where(
            and(
              status && eq(tenants.status, status),
              "at" in place ? sql`(${tenants.createdAt}, ${tenants.id}) < (${place.at}, ${place.id})` : undefined,
              sql`+${tenants.id} not in ${listOf(troubled.map(({ id }) => id))}`,
            ),
          )
          .orderBy(desc(tenants.createdAt), desc(tenants.id))
          .limit(room);
  const all = [...first, ...others];
  const rows = all.slice(0, limit);
  const last = rows.at(-1);
  if (all.length <= limit || !last) return { rows, next: null };
  return { rows, next: rows.length > first.length ? `${last.createdAt}.${last.id}` : `~${from + rows.length}` };
}

type Place = { skip: number } | { at: number; id: string };

/** Behind so many of those that need attention (`~25`), or behind one of the others (`1790000000000.acme`). */
function placeOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { skip: 0 };
  const [, skip] = /^~(\d{1,6})$/.exec(cursor) ?? [];
  if (skip) return { skip: Number(skip) };
  const [, at, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? [];
  if (!at || !id) throw invalid("cursor", "place_unknown");
  return { at: Number(at), id };
}

async function found(
  ctx: Ctx,
  { attention: only, status, cursor, limit }: ListClients,
  search: string,
  attention: Attention,
): Promise<Rows> {
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw invalid("cursor", "place_unknown");
  const look = status || only ? lookedAt : limit + 1;
  const names = await searchNames(ctx, { search, before: cursor === undefined ? undefined : Number(cursor), limit: look });
  const wanted = only ? names.filter(({ id }) => attention.has(id)) : names;
  const known = await ctx.directory
    .select()
    .from(tenants)
    .where(and(inArray(tenants.id, listOf(wanted.map(({ id }) => id))), status && sql`+${tenants.status} = ${status}`));
  const byId = new Map(known.map((row) => [row.id, row]));
  const rows = wanted.flatMap(({ n, id }) => {
    const row = byId.get(id);
    return row ? [{ n, row }] : [];
  });
  const page = rows.slice(0, limit);
  const behind = rows.length > limit ? page.at(-1)?.n : names.length >= look ? names.at(-1)?.n : undefined;
  return { rows: page.map(({ row }) => row), next: behind === undefined ? null : String(behind) };
}
