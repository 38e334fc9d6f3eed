import { expect, test } from "vitest";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { versionCliffs } from "#server/domain/tokens/cliffs.ts";
import { listAllCliffs } from "#server/domain/tokens/list-cliffs.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { testCtx, testEnv } from "#test/harness.ts";

/** Clients with one active account at each of three providers, which ends in a month. */
const connectAll = (from: number, to: number) =>
  testEnv.DB.prepare(
    `insert into connections (id, tenant_id, provider, external_id, name, details, scopes_asked, scopes_granted, status, connected_by,
       connected_at, cliff_at, cliff_kind)
     with recursive n(i) as (select ?1 union all select i + 1 from n where i + 1 < ?2)
     select 'con-' || n.i || p.value, 'client-' || n.i, p.value, 'account-' || n.i, '', '{}', '[]', '[]', 'active', 'usr', 0,
       9000000000000 + n.i, 'access'
     from n, json_each('["shopify", "google", "klaviyo"]') p`,
  )
    .bind(from, to)
    .run();

async function calendar() {
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const ctx = testCtx({ actor: { type: "system", job: "test" } });
  const entries = await listAllCliffs({ ...ctx, databases: { DB: d1 } });
  const [version] = versionCliffs([findProvider("shopify")]);
  return { entries, clients: entries.find(({ name }) => name === version?.name)?.clients, rowsRead: rowsRead() };
}

test("the calendar of all clients reads no more of ten thousand of them than of twelve hundred", async () => {
  await connectAll(0, 40);
  expect(await calendar()).toMatchObject({ clients: 40 });
  await connectAll(40, 1200);
  const few = await calendar();
  expect(few.entries).toHaveLength(500);
  await connectAll(1200, 10_000);
  const many = await calendar();
  expect(many.rowsRead).toBe(few.rowsRead);
  expect(many.clients).toBe(1000);
});
