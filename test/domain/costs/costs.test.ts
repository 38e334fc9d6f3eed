import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { batchOf } from "#db/client.ts";
import { costs, runs } from "#db/schema/index.ts";
import { addCosts } from "#server/domain/costs/add-costs.ts";
import { readCosts } from "#server/domain/costs/read-costs.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { invite } from "#server/domain/people/invite.ts";
import { outcomeStatements } from "#server/domain/runs/outcome-statements.ts";
import { clearRuns, database, makeRig } from "#test/domain/runs/rig.ts";
import { type TestStep, testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";

const one: TestStep = { measurements: [{ metric: "orders", day: "2026-03-01", value: 7 }], cursor: { page: 1 }, done: true };

beforeEach(clearRuns);

const costsOf = async (tenantId: string) => {
  const rows = await database.select().from(costs).where(eq(costs.tenantId, tenantId));
  return Object.fromEntries(rows.map(({ kind, quantity }) => [kind, quantity]));
};

test("a run costs its client itself, its steps, the operations of its message and the rows that it wrote", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  const { id } = await rig.tenant();
  await rig.tick();
  await rig.work();
  // A figure, the line "Done." and the run's own row.
  expect(await costsOf(id)).toEqual({ runs: 1, steps: 1, queue_operations: 3, rows_written: 3 });
});

test("a second run on the same day is added to the first", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  const { id } = await rig.tenant();
  await rig.tick();
  await rig.work();
  rig.clock.advance(3_700_000);
  await rig.tick();
  await rig.work();
  expect((await costsOf(id)).runs).toBe(2);
});

test("a run that lost its lease costs nothing, and a batch that is sent again costs nothing more", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  const { id, runs: runsOf } = await rig.tenant();
  await rig.tick();
  const [run] = await runsOf();
  if (!run) throw new Error("no run");
  await database.update(runs).set({ status: "running", lease: "ours" }).where(eq(runs.id, run.id));
  const outcome = {
    ...{
      run: run.id,
      tenantId: id,
      job: run.job,
      found: one,
      proposed: [],
      connectionIds: [],
      answeredIds: [],
      calls: 2,
      failing: null,
      defect: null,
    },
    logs: [],
    next: {
      ...{ status: "running" as const, attempt: 1, step: run.step + 1, availableAt: 1, sentAt: null },
      ...{ errorKind: null, errorMessage: null, errorParams: null, finishedAt: null },
    },
  };
  const write = async (lease: string) => {
    const { effects, conclusion } = outcomeStatements(database, { outcomes: [outcome], lease, now: rig.clock.now() });
    await batchOf(database, [...effects, conclusion]);
  };
  await write("another");
  expect(await costsOf(id)).toEqual({});
  await write("ours");
  expect(await costsOf(id)).toEqual({ steps: 1, provider_calls: 2, rows_written: 2 });
  await write("ours");
  expect(await costsOf(id)).toEqual({ steps: 1, provider_calls: 2, rows_written: 2 });
});

test("a mail that went out is counted for its client", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = testTenantCtx(tenant, "owner", { actor });
  const { id } = await invite(ctx, { email: `guest-${tenant.id}@example.com`, role: "viewer" });
  await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
  expect(await costsOf(tenant.id)).toEqual({ mails: 1, queue_operations: 3 });
});

test("staff read what a client cost this month by kind; nobody else does", async () => {
  const tenant = await makeTenant();
  const now = Date.parse("2026-03-10T12:00:00Z");
  for (const [at, count] of [
    [now, 2],
    [now - 86_400_000, 3],
    [now - 20 * 86_400_000, 50],
  ] as const)
    await addCosts(database, at, { tenant: tenant.id, quantities: { runs: count } });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(tenant, "staff", { actor, now: () => now });
  expect(await readCosts(staff, {})).toEqual([{ kind: "runs", currency: "", quantity: 5 }]);
  expect(await readCosts(staff, { from: "2026-02-01", to: "2026-03-09" })).toEqual([{ kind: "runs", currency: "", quantity: 53 }]);
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  await expect(readCosts(testTenantCtx(tenant, "owner", { actor: owner.actor }), {})).rejects.toMatchObject({ kind: "forbidden" });
});
