import { expect, test } from "vitest";
import { glanceAt } from "#server/domain/clients/glance-at.ts";
import { newId } from "#server/ids.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, testCtx, testEnv } from "#test/harness.ts";

const hour = 3_600_000;

/** Runs of an hour ago, each of another job. */
const fail = (tenant: string, count: number) =>
  testEnv.DB.prepare(
    `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
     with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
     select ?2 || printf('%06d', i) || ?3, ?3, 'job-' || i, i, 'schedule', iif(i % 2, 'failed', 'dead'), 0, 0 from n`,
  )
    .bind(count, newId("run", Date.now() - hour).slice(0, -6), tenant)
    .run();

test("a page of clients reads its own clients' failures of a day, and not those of all others", async () => {
  const [first, second, ...others] = await Promise.all(Array.from({ length: 70 }, () => makeTenant()));
  if (!first || !second) throw new Error("there are two");
  const [page, elsewhere] = [others.slice(0, 48), others.slice(48)];
  await fail(first.id, 7);
  await fail(second.id, 1);
  for (const { id } of elsewhere) await fail(id, 1000);
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const ctx = testCtx({ actor: { type: "system", job: "test" } });
  const clients = [first, second, ...page];
  const of = await glanceAt({ ...ctx, databases: { DB: d1 } }, clients);
  expect(clients.map(({ id }) => of(id).failedRuns24h)).toEqual([7, 1, ...page.map(() => 0)]);
  expect(rowsRead()).toBeLessThan(500);
});
