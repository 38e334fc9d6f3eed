import { eq, lt, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { clientNames, connections, memberships, tenants, users } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { foldText } from "./fold-text.ts";

/** Known to the schema as what it is not, a table: the migration that made it says what it is. */
const clientSearch = sqliteTable("client_search", { rowid: integer().notNull(), words: text().notNull() });

const pageSize = 100;
/** More shops than these whose domains begin so are not told apart by it. */
const shopsAtMost = 50;
/**
 * The index is over triples of letters: what is shorter is looked for where words begin, behind the two spaces there. Chinese and Japanese
 * set none between words, so that one may begin with each of their letters.
 */
const spaced = (text: string): string =>
  foldText(text).replace(/^|\s|(?<=\S)(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/gu, "  ");

/** A client that was found; the numbers rise as clients come, so that the newest has the highest. */
export interface Found {
  n: number;
  id: string;
}

/**
 * The clients in whose name, id or members' addresses the words stand, however they are written (of one or two letters: where a word begins
 * so), or whose shop's domain begins with them. The newest first, `limit` at most, those below the number `before` alone. However many
 * there are, so many are read: the index of triples is walked from its end.
 */
export async function searchNames(
  ctx: Ctx,
  { search, before, limit }: { search: string; before: number | undefined; limit: number },
): Promise<Found[]> {
  const [shops] = await Promise.all([clientsOfShops(ctx, search), indexNames(ctx)]);
  const words = spaced(search);
  const wanted = [...words].length < 5 ? words : words.slice(2);
  const match = `"${wanted.replaceAll('"', '""')}"`;
  const below = before ?? Number.MAX_SAFE_INTEGER;
  const [byWords, byShop] = await ctx.directory.batch([
    ctx.directory
      .select({ n: clientNames.n, id: clientNames.tenantId })
      .from(
        sql`(select rowid as r from client_search where client_search match ${match} and rowid < ${below} order by rowid desc limit ${limit})`,
      )
      .innerJoin(clientNames, eq(clientNames.n, sql`r`)),
    ctx.directory
      .select({ n: clientNames.n, id: clientNames.tenantId })
      .from(clientNames)
      .where(sql`${clientNames.tenantId} in (select value from json_each(${JSON.stringify(shops)})) and ${lt(clientNames.n, below)}`),
  ]);
  const found = new Map([...byWords, ...byShop].map((row) => [row.n, row]));
  return [...found.values()].sort((a, b) => b.n - a.n).slice(0, limit);
}

/** A range of the index `connections_shop`, in each D1. */
async function clientsOfShops(ctx: Ctx, search: string): Promise<string[]> {
  const domain = search.trim().toLowerCase();
  if (domain.length < 3 || /[^a-z0-9.-]/.test(domain)) return [];
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ id: connections.tenantId })
        .from(connections)
        .where(sql`provider = 'shopify' and details ->> '$.shop' >= ${domain} and details ->> '$.shop' < ${`${domain}~`}`)
        .limit(shopsAtMost),
    ),
  );
  return found.flat().map(({ id }) => id);
}

/** The addresses of a client's members, in one text. */
const addresses = (tenantId: SQL) => sql<string>`coalesce((select group_concat(email, ' ') from (select ${users.email} as email
  from ${memberships} join ${users} on ${users.id} = ${memberships.userId} where ${memberships.tenantId} = ${tenantId} order by 1)), '')`;

/** Takes names and addresses into the index that are new or have changed: triggers say which (see `clientNames`). */
async function indexNames(ctx: Ctx): Promise<void> {
  for (;;) {
    const rows = await ctx.directory
      .select({ n: clientNames.n, id: tenants.id, name: tenants.name, addresses: addresses(sql`${tenants.id}`) })
      .from(clientNames)
      .innerJoin(tenants, eq(tenants.id, clientNames.tenantId))
      // The literal condition is that of its index.
      .where(sql`${clientNames.known} = 0`)
      .limit(pageSize);
    if (rows.length > 0) await index(ctx, rows);
    if (rows.length < pageSize) return;
  }
}

interface Unknown {
  n: number;
  id: string;
  name: string;
  addresses: string;
}

async function index({ directory }: Ctx, rows: readonly Unknown[]): Promise<void> {
  const list = sql`json_each(${JSON.stringify(
    rows.map(({ n, id, name, addresses }) => ({ n, name, addresses, words: spaced(`${name} ${id} ${addresses}`) })),
  )})`;
  await directory.batch([
    directory.delete(clientSearch).where(sql`rowid in (select value ->> 'n' from ${list})`),
    directory.insert(clientSearch).select(sql`select value ->> 'n', value ->> 'words' from ${list}`),
    // One that was renamed or has other members meanwhile is still to be done.
    directory
      .update(clientNames)
      .set({ known: true })
      .where(sql`${clientNames.n} in (select value ->> 'n' from ${list})
        and exists (select 1 from ${list} join ${tenants} t on t.name = value ->> 'name' where value ->> 'n' = ${clientNames.n}
          and t.id = ${clientNames.tenantId} and value ->> 'addresses' = ${addresses(sql`t.id`)})`),
  ]);
}
