import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { auditLog, runs } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { enterTenant } from "#server/ctx.ts";
import { cancelRun } from "#server/domain/runs/cancel-run.ts";
import { cancelRuns, listCancellable } from "#server/domain/runs/cancel-runs.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx } from "#test/harness.ts";
import { clearRuns, database, makeRig } from "./rig.ts";
import { testSensor } from "./sensors.ts";

beforeEach(clearRuns);

let slot = 0;
async function run(tenant: Tenant, status: "queued" | "running" | "succeeded" | "failed" | "dead", job = "free"): Promise<string> {
  const id = newId("run", Date.now() + slot);
  const row = { id, tenantId: tenant.id, job, slot: slot++, trigger: "schedule", status, availableAt: 0, createdAt: 0 } as const;
  await database.insert(runs).values(row);
  return id;
}

async function staff() {
  const { actor } = await makeUser({ staff: true });
  return testCtx({ actor });
}

const rowOf = async (id: string) => (await database.select().from(runs).where(eq(runs.id, id)))[0];
const linesOf = async (tenant: Tenant) =>
  (await database.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).map(({ action, details }) => ({ action, details }));

test("who is no admin of the agency cancels nothing, and is not told what could be", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const id = await run(tenant, "queued");
  const ctx = testCtx({ actor });
  await expect(cancelRuns(ctx, {})).rejects.toMatchObject({ kind: "forbidden" });
  await expect(listCancellable(ctx, {})).rejects.toMatchObject({ kind: "forbidden" });
  await expect(cancelRun(enterTenant(ctx, tenant, "owner"), { runId: id })).rejects.toMatchObject({ kind: "forbidden" });
  expect((await rowOf(id))?.status).toBe("queued");
});

test("another client's run is not found, and stays", async () => {
  const [acme, bolt] = [await makeTenant(), await makeTenant()];
  const id = await run(bolt, "queued");
  await expect(cancelRun(enterTenant(await staff(), acme, "staff"), { runId: id })).rejects.toMatchObject({ kind: "not_found" });
  expect((await rowOf(id))?.status).toBe("queued");
});

test("what has ended stays as it is, and nothing is said of it in the log", async () => {
  const tenant = await makeTenant();
  const inside = enterTenant(await staff(), tenant, "staff");
  for (const status of ["succeeded", "failed", "dead"] as const) {
    const id = await run(tenant, status);
    expect(await cancelRun(inside, { runId: id })).toEqual({ cancelled: false });
    expect((await rowOf(id))?.status).toBe(status);
  }
  expect(await linesOf(tenant)).toEqual([]);
});

test("a run that waits is cancelled once, however often it is asked, with one line in its client's log", async () => {
  const tenant = await makeTenant();
  const inside = enterTenant(await staff(), tenant, "staff");
  const id = await run(tenant, "queued");
  expect(await cancelRun(inside, { runId: id })).toEqual({ cancelled: true });
  expect(await cancelRun(inside, { runId: id })).toEqual({ cancelled: false });
  expect(await rowOf(id)).toMatchObject({ status: "cancelled", lease: null, finishedAt: expect.any(Number) });
  expect(await linesOf(tenant)).toEqual([{ action: "run.cancelled", details: { run: id } }]);
});

test("what a worker finds for a run that is cancelled meanwhile is not written, and its job runs again at its next slot", async () => {
  const admin = (await makeUser({ staff: true })).actor;
  let cancel = async (): Promise<void> => undefined;
  const sensor = testSensor("free", async () => {
    await cancel();
    return { measurements: [{ metric: "count", day: "2026-01-01", value: 1 }], cursor: null, done: true };
  });
  const rig = makeRig({ jobs: [sensor] });
  const tenant = await rig.tenant();
  cancel = async () => {
    const [open] = await tenant.runs();
    await cancelRun(enterTenant({ ...rig.ctx, actor: admin }, tenant.ctx.tenant, "staff"), { runId: open?.id ?? "" });
  };
  rig.clock.advance(3_600_000);
  await rig.tick();
  await rig.work();
  expect((await tenant.runs()).map(({ status }) => status)).toEqual(["cancelled"]);
  expect(await tenant.measurements()).toEqual([]);
  cancel = async () => undefined;
  rig.clock.advance(3_600_000);
  await rig.tick();
  await rig.work();
  expect((await tenant.runs()).map(({ status }) => status)).toEqual(["cancelled", "succeeded"]);
});

test("the open runs of a client, a job or a provider are counted first, by client and job, and then cancelled; all others stay", async () => {
  const [acme, bolt] = [await makeTenant({ name: "Acme" }), await makeTenant({ name: "Bolt" })];
  const meant = [await run(acme, "queued", "shopify-sensor"), await run(bolt, "running", "shopify-sensor")];
  const others = [await run(acme, "queued", "ga4-sensor"), await run(acme, "dead", "shopify-sensor")];
  const ctx = await staff();
  expect(await listCancellable(ctx, { provider: "shopify" })).toEqual({
    found: 2,
    more: false,
    until: meant[1],
    groups: [
      { tenantId: acme.id, tenantName: "Acme", job: "shopify-sensor", count: 1 },
      { tenantId: bolt.id, tenantName: "Bolt", job: "shopify-sensor", count: 1 },
    ],
  });
  expect((await listCancellable(ctx, { provider: "shopify", job: "ga4-sensor" })).found).toBe(0);
  expect((await listCancellable(ctx, { tenantId: acme.id })).found).toBe(2);
  expect((await listCancellable(ctx, { status: "running" })).found).toBe(1);
  expect(await cancelRuns(ctx, { job: "shopify-sensor" })).toEqual({ found: 2, cancelled: 2, left: 0 });
  expect(await Promise.all(meant.map(async (id) => (await rowOf(id))?.status))).toEqual(["cancelled", "cancelled"]);
  expect(await Promise.all(others.map(async (id) => (await rowOf(id))?.status))).toEqual(["queued", "dead"]);
  expect(await linesOf(bolt)).toEqual([{ action: "run.cancelled", details: { run: meant[1] } }]);
});

test("what came after it was counted is not cancelled", async () => {
  const [tenant, ctx] = [await makeTenant(), await staff()];
  const seen = await run(tenant, "queued", "job-seen");
  const { until } = await listCancellable(ctx, { tenantId: tenant.id });
  expect(until).toBe(seen);
  const later = await run(tenant, "queued", "job-later");
  await cancelRuns(ctx, { tenantId: tenant.id, until: seen });
  expect([(await rowOf(seen))?.status, (await rowOf(later))?.status]).toEqual(["cancelled", "queued"]);
});

test("fifty are cancelled at once, the oldest first, and the rest is told", async () => {
  const tenant = await makeTenant();
  const ids: string[] = [];
  for (let i = 0; i < 52; i++) ids.push(await run(tenant, "queued", `job-${i}`));
  expect(await cancelRuns(await staff(), { tenantId: tenant.id })).toEqual({ found: 52, cancelled: 50, left: 2 });
  expect((await rowOf(ids[49] ?? ""))?.status).toBe("cancelled");
  expect((await rowOf(ids[50] ?? ""))?.status).toBe("queued");
}, 60_000);
