import { eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { clientNames, tenants } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { foldText } from "./fold-text.ts";

/** Known to the schema as what it is not, a table: the migration that made it says what it is. */
const clientSearch = sqliteTable("client_search", { rowid: integer().notNull(), words: text().notNull() });

const pageSize = 100;
/**
 * The index is over triples of letters: what is shorter is looked for where words begin, behind the two spaces there. Chinese and Japanese
 * set none between words, so that one may begin with each of their letters.
 */
const spaced = (text: string): string =>
  foldText(text).replace(/^|\s|(?<=\S)(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/gu, "  ");

/** The WHERE of the clients in whose name or id the words stand, however they are written; of one or two letters, where a word begins so. */
export function named(search: string): SQL {
  const words = spaced(search);
  const wanted = [...words].length < 5 ? words : words.slice(2);
  const match = `"${wanted.replaceAll('"', '""')}"`;
  return sql`${tenants.id} in (select ${clientNames.tenantId} from ${clientNames}
    where ${clientNames.n} in (select rowid from client_search where client_search match ${match}))`;
}

/** Takes names into the index that are new or have changed: a trigger says which (see `clientNames`). */
export async function indexNames(ctx: Ctx): Promise<void> {
  for (;;) {
    const rows = await ctx.directory
      .select({ n: clientNames.n, id: tenants.id, name: tenants.name })
      .from(clientNames)
      .innerJoin(tenants, eq(tenants.id, clientNames.tenantId))
      // The literal condition is that of its index.
      .where(sql`${clientNames.known} = 0`)
      .limit(pageSize);
    if (rows.length > 0) await index(ctx, rows);
    if (rows.length < pageSize) return;
  }
}

async function index({ directory }: Ctx, rows: readonly { n: number; id: string; name: string }[]): Promise<void> {
  const list = sql`json_each(${JSON.stringify(rows.map(({ n, id, name }) => ({ n, name, words: spaced(`${name} ${id}`) })))})`;
  await directory.batch([
    directory.delete(clientSearch).where(sql`rowid in (select value ->> 'n' from ${list})`),
    directory.insert(clientSearch).select(sql`select value ->> 'n', value ->> 'words' from ${list}`),
    // One that was renamed meanwhile is still to be done.
    directory
      .update(clientNames)
      .set({ known: true })
      .where(sql`${clientNames.n} in (select value ->> 'n' from ${list})
        and exists (select 1 from ${list} join ${tenants} t on t.name = value ->> 'name' where value ->> 'n' = ${clientNames.n} and t.id = ${clientNames.tenantId})`),
  ]);
}
