import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions } from "#db/schema/index.ts";
import { countWaiting } from "#server/domain/actions/count-waiting.ts";
import { listActions } from "#server/domain/actions/list-actions.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";

const many = 10_000;

test("of ten thousand that wait a page reads its fifty, wherever it begins, and the count in the sidebar a hundred", async () => {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "viewer");
  const id = sql`${tenant.id} || '_' || value`;
  await openDb(testEnv.DB).run(sql`
    insert into ${actions} (id, tenant_id, automation, run_id, dedupe, subject, connection_id, touches, hash, evidence, status, created_at, expires_at)
    with recursive numbers(value) as (select 1 union all select value + 1 from numbers where value < ${many})
    select ${id}, ${tenant.id}, 'test', 'run', ${id}, 'order:1', 'con', 'customer', 'h', '{"line":"l","params":{}}', 'waiting', value, 9e12 from numbers`);
  const read = async <T>(ask: (counted: typeof ctx) => Promise<T>) => {
    const { d1, rowsRead } = countingD1(testEnv.DB);
    return { answer: await ask({ ...ctx, db: openDb(d1) }), rows: rowsRead() };
  };
  const first = await read((counted) => listActions(counted, { view: "waiting", limit: 50 }));
  expect(first.answer.items.map(({ createdAt }) => createdAt)).toEqual(Array.from({ length: 50 }, (_, at) => many - at));
  expect(first.rows).toBeLessThan(250);
  const cursor = `5000.${tenant.id.replaceAll("-", "_")}_5000`;
  const later = await read((counted) => listActions(counted, { view: "waiting", limit: 50, cursor }));
  expect(later.answer.items).toHaveLength(50);
  expect(later.rows).toBeLessThan(250);
  const count = await read(countWaiting);
  expect([count.answer, count.rows <= 200]).toEqual([100, true]);
});

test("a cursor that is none is refused, as in every list: read as none it would begin again for ever", async () => {
  const ctx = testTenantCtx(await makeTenant(), "viewer");
  for (const cursor of ["", "nonsense", "1.", ".x", "-1.x", "1.x y", `${"9".repeat(16)}.x`])
    await expect(listActions(ctx, { view: "waiting", limit: 50, cursor })).rejects.toMatchObject({
      code: "place_unknown",
      field: "cursor",
    });
});
