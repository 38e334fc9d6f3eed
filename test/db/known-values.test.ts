import { applyD1Migrations } from "cloudflare:test";
import { toSnakeCase } from "drizzle-orm/casing";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import * as schema from "#db/schema/index.ts";
import { testEnv } from "#test/harness.ts";

const tables = Object.values(schema)
  .filter((each) => each instanceof SQLiteTable)
  .map((table) => getTableConfig(table));
/** The lists of each table, by the names of their columns. */
const listsOf = ({ columns }: (typeof tables)[number]) =>
  new Map(columns.map(({ name, enumValues }) => [toSnakeCase(name), enumValues] as const));
const rowsOf = async (db: D1Database, table: string) =>
  (await db.prepare(`select * from "${table}" order by 1, 2`).all<Record<string, unknown>>()).results;

test("the migration that gave lists their CHECK kept every row, and the triggers of the tables that it wrote anew", async () => {
  const { SPARE_4: db, TEST_MIGRATIONS } = testEnv;
  const at = TEST_MIGRATIONS.findIndex(({ name }) => name.includes("known_values"));
  await applyD1Migrations(db, [{ name: "before", queries: TEST_MIGRATIONS.slice(0, at).flatMap(({ queries }) => queries) }]);
  const before = new Map<string, Record<string, unknown>[]>();
  for (const table of tables) {
    const lists = listsOf(table);
    const { results: columns } = await db.prepare(`pragma table_info("${table.name}")`).all<{ name: string; type: string }>();
    // One that came later.
    if (columns.length === 0) continue;
    before.set(table.name, []);
    for (const n of [0, 1]) {
      const values = columns.map(({ name, type }) => lists.get(name)?.[n] ?? (type.toLowerCase() === "text" ? `{"${name}":${n}}` : n));
      const marks = columns.map(() => "?").join();
      // A tenant's trigger has made the row of its name.
      await db
        .prepare(`insert or replace into "${table.name}" values (${marks})`)
        .bind(...values)
        .run();
    }
  }
  for (const name of before.keys()) before.set(name, await rowsOf(db, name));
  await applyD1Migrations(db, [{ name: "after", queries: TEST_MIGRATIONS[at]?.queries ?? [] }]);
  for (const [name, rows] of before) {
    const expected = rows.map(({ sensor, ...row }) => (sensor === undefined ? row : { ...row, job: sensor }));
    expect(expected.length, name).toBeGreaterThan(0);
    expect(await rowsOf(db, name), name).toEqual(expected);
  }
  const names = () => db.prepare("select count(*) as n from client_names where tenant_id = 'new'").first("n");
  const [tenant] = before.get("tenants") ?? [];
  const { id: _, origin: __, ...others } = tenant ?? {};
  await db
    .prepare(
      `insert into tenants (id, ${Object.keys(others).join()}) values ('new', ${Object.keys(others)
        .map(() => "?")
        .join()})`,
    )
    .bind(...Object.values(others))
    .run();
  expect(await names()).toBe(1);
  await db.prepare("delete from tenants where id = 'new'").run();
  expect(await names()).toBe(0);
});

/** What else D1 holds its rows to (`within_budget`) is no list. */
const known = tables.flatMap(({ name, checks }) =>
  checks.flatMap((check) => (check.name.endsWith("_known") ? [{ table: name, column: check.name.replace(/_known$/, "") }] : [])),
);

test("there are lists that D1 holds its rows to", () => {
  expect(known).toContainEqual({ table: "runs", column: "status" });
  expect(known.length).toBeGreaterThan(20);
});

test.each(known)("in $table, $column takes no value that is not in its list", async ({ table, column }) => {
  const { DB } = testEnv;
  const found = tables.find(({ name }) => name === table);
  const columns = found?.columns ?? [];
  const lists = found ? listsOf(found) : new Map<string, never>();
  const names = columns.map(({ name }) => toSnakeCase(name));
  const insert = (value: string) => {
    const values = columns.map(({ dataType }, at) => {
      const name = names[at] ?? "";
      if (name === column) return value;
      return lists.get(name)?.[0] ?? (dataType === "string" || dataType === "json" ? JSON.stringify({ [name]: value }) : 0);
    });
    // A tenant's trigger counts it under its status.
    return DB.prepare(`insert or replace into "${table}" (${names.join()}) values (${names.map(() => "?").join()})`)
      .bind(...values)
      .run();
  };
  await expect(insert("nonsense")).rejects.toThrow(`CHECK constraint failed: ${column}_known`);
  expect((await insert(lists.get(column)?.[0] ?? "")).meta.changes).toBeGreaterThan(0);
});
