import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import type { RunStatus } from "#db/words/runs.ts";
import type { Tenant } from "#server/ctx.ts";
import { listAllRuns, listRuns } from "#server/domain/runs/list-runs.ts";
import type { ListAllRuns } from "#server/domain/runs/schemas.ts";
import { newId } from "#server/ids.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const many = 20_000;
const now = Date.now();
const limit = 50;
let usual: Tenant;
let unlucky: Tenant;

/** Runs of ten jobs, the oldest first; far back three of the job `rare`, and three that ended in each other way than all the rest. */
const seed = (tenant: Tenant, status: RunStatus) =>
  testEnv.DB.prepare(
    `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
     with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
     select 'run_' || printf('%016d', i) || ?2, ?2, iif(i in (110, 111, 112), 'rare', 'job-' || (i % 10)), i, 'schedule',
       case when i in (100, 200, 300) then 'failed' when i in (101, 201, 301) then 'dead' when i in (102, 202, 302) then 'succeeded' else ?3 end, 0, i
     from n`,
  )
    .bind(many, tenant.id, status)
    .run();

beforeAll(async () => {
  usual = await makeTenant();
  unlucky = await makeTenant();
  await seed(usual, "succeeded");
  await seed(unlucky, "failed");
  for (const tenant of [usual, unlucky]) {
    await openDb(testEnv.DB)
      .insert(runs)
      .values({
        id: newId("run", now),
        tenantId: tenant.id,
        job: "job-1",
        slot: now,
        trigger: "manual",
        status: "running",
        availableAt: now,
        createdAt: now,
      });
  }
});

type Filter = { job?: string; status?: RunStatus };
const ids = (page: { items: readonly { id: string }[] }) => page.items.map(({ id }) => id);

/** The page, what it cost, and what a look at every run finds. */
async function pageOf(tenant: Tenant, filter: Filter) {
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const page = await listRuns({ ...testTenantCtx(tenant), db: openTenantDb(d1, tenant.id) }, { ...filter, limit });
  return { page, rowsRead: rowsRead(), all: await everyRun({ tenantId: tenant.id, ...filter }) };
}

async function everyRun({ tenantId, job, status }: Filter & { tenantId?: string }): Promise<string[]> {
  const { results } = await testEnv.DB.prepare(
    "select id from runs where coalesce(+tenant_id = ?1, 1) and coalesce(+job = ?2, 1) and coalesce(+status = ?3, 1) order by id desc limit ?4",
  )
    .bind(tenantId ?? null, job ?? null, status ?? null, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

const filters: Filter[] = [
  {},
  ...(["queued", "running", "succeeded", "failed", "dead", "cancelled"] as const).flatMap((status): Filter[] => [
    { status },
    { job: "job-1", status },
    { job: "rare", status },
    { job: "never-run", status },
  ]),
  { job: "job-1" },
  { job: "rare" },
  { job: "never-run" },
];
/** Rows for each run of a page: ten times as many where the runs of each job that went well are read. */
const rowsFor = ({ job, status }: Filter) => (status === "succeeded" && !job ? 35 : 10);
const named = filters.map((filter) => [JSON.stringify(filter), filter] as const);

describe("a page of a tenant's runs reads some for each that it shows, of twenty thousand", () => {
  test.each(named)("%s", async (_name, filter) => {
    for (const tenant of [usual, unlucky]) {
      const { page, rowsRead, all } = await pageOf(tenant, filter);
      expect(ids(page)).toEqual(all);
      expect(rowsRead).toBeLessThan(limit * rowsFor(filter));
    }
  });
});

describe("a page of all tenants' runs does so too", () => {
  test.each(named)("%s", async (_name, filter) => {
    const { d1, rowsRead } = countingD1(testEnv.DB);
    const { actor } = await makeUser({ staff: true });
    const page = await listAllRuns({ ...testCtx({ actor }), databases: { DB: d1 } }, { ...filter, limit });
    expect(ids(page)).toEqual(await everyRun(filter));
    expect(rowsRead()).toBeLessThan(limit * rowsFor(filter));
  });
});

test("pages of a filter follow each other without a gap or a run twice", async () => {
  for (const filter of [{ status: "failed" }, { job: "job-1" }, { job: "job-0", status: "failed" }] satisfies Filter[]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 4; pages++) {
      const page = await listRuns(testTenantCtx(unlucky), { ...filter, limit: 7, ...(cursor ? { cursor } : {}) });
      seen.push(...ids(page));
      cursor = page.next ?? undefined;
    }
    expect(seen).toEqual((await everyRun({ tenantId: unlucky.id, ...filter })).slice(0, 28));
  }
});

describe("runs by provider, cause and what they cost", () => {
  const of = async (asked: Partial<ListAllRuns>) => {
    const { d1, rowsRead } = countingD1(testEnv.DB);
    const { actor } = await makeUser({ staff: true });
    const page = await listAllRuns({ ...testCtx({ actor }), databases: { DB: d1 } }, { limit, ...asked });
    return { ids: ids(page), next: page.next, rows: rowsRead() };
  };
  const set = (id: string, values: Partial<typeof runs.$inferInsert>) => openDb(testEnv.DB).update(runs).set(values).where(eq(runs.id, id));
  const idAt = (i: number, tenant: Tenant) => `run_${String(i).padStart(16, "0")}${tenant.id}`;

  test("those of a provider are those of the jobs that read it", async () => {
    const tenant = await makeTenant();
    const row = { tenantId: tenant.id, slot: 1, trigger: "manual", status: "succeeded", availableAt: 0, createdAt: 0 } as const;
    const [shop, mail] = [newId("run", 1), newId("run", 2)];
    await openDb(testEnv.DB)
      .insert(runs)
      .values([
        { ...row, id: shop, job: "shopify-sensor" },
        { ...row, id: mail, job: "klaviyo-sensor" },
      ]);
    expect((await of({ tenantId: tenant.id, provider: "shopify" })).ids).toContain(shop);
    expect((await of({ tenantId: tenant.id, provider: "shopify" })).ids).not.toContain(mail);
    expect((await of({ tenantId: tenant.id, provider: "shopify", job: "klaviyo-sensor" })).ids).toEqual([]);
    expect((await of({ tenantId: tenant.id, provider: "nobody" })).ids).toEqual([]);
  });

  test("those of a cause are failures and what is tried again, in bounded rows, page by page to the last", async () => {
    await set(idAt(19_000, unlucky), { errorKind: "defect" });
    await set(idAt(15_000, unlucky), { errorKind: "defect" });
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await of({ tenantId: unlucky.id, cause: "defect", cursor });
      expect(page.rows).toBeLessThan(8_000);
      seen.push(...page.ids);
      cursor = page.next ?? undefined;
      pages++;
    } while (cursor && pages < 40);
    expect(seen).toEqual([idAt(19_000, unlucky), idAt(15_000, unlucky)]);
  }, 60_000);

  test("those that cost many calls are looked for among the newest, and further behind these on the next page", async () => {
    await set(idAt(19_990, usual), { calls: 200 });
    await set(idAt(18_000, usual), { calls: 100 });
    await set(idAt(19_980, usual), { calls: 99 });
    const first = await of({ tenantId: usual.id, minCalls: 100 });
    expect(first.ids).toEqual([idAt(19_990, usual)]);
    expect(first.rows).toBeLessThan(8_000);
    const second = await of({ tenantId: usual.id, minCalls: 100, cursor: first.next ?? "" });
    const third = await of({ tenantId: usual.id, minCalls: 100, cursor: second.next ?? "" });
    expect([...second.ids, ...third.ids]).toEqual([idAt(18_000, usual)]);
  });
});
