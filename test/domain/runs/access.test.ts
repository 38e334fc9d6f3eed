import { beforeEach, expect, test } from "vitest";
import { auditLog, runLogs, runs } from "#db/schema/index.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";
import { clearRuns, database } from "./rig.ts";

beforeEach(clearRuns);

const job = sensors[0]?.id ?? "";

/** Two clients with an owner each, and a run of the first one. */
async function people() {
  const [mine, other] = [await makeTenant(), await makeTenant()];
  const [owner, stranger, viewer, staff] = [
    await makeUser({ roles: [[mine, "owner"]] }),
    await makeUser({ roles: [[other, "owner"]] }),
    await makeUser({ roles: [[mine, "viewer"]] }),
    await makeUser({ staff: true }),
  ];
  const as = ({ actor }: typeof owner) => createCaller(testCtx({ actor }));
  return { mine, other, owner: as(owner), stranger: as(stranger), viewer: as(viewer), staff: as(staff) };
}

test("another tenant's run is not found, under its own tenant's name and under the stranger's", async () => {
  const { mine, other, owner, stranger } = await people();
  const { id: runId } = await owner.runs.start({ tenant: mine.id, job });
  await expect(stranger.runs.get({ tenant: other.id, runId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(stranger.runs.get({ tenant: mine.id, runId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(stranger.runs.list({ tenant: mine.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(stranger.runs.start({ tenant: mine.id, job })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await stranger.runs.list({ tenant: other.id })).items).toEqual([]);
  expect(await owner.runs.get({ tenant: mine.id, runId })).toMatchObject({ id: runId, job, status: "queued", logs: [] });
});

test("an unknown job or run is not found, a viewer may look but not start, and only staff see across tenants", async () => {
  const { mine, owner, viewer, staff } = await people();
  await expect(owner.runs.start({ tenant: mine.id, job: "no-such-job" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(staff.scripts.run({ tenant: mine.id, job: "no-such-job" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(staff.scripts.run({ tenant: "no-such-client", job })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(staff.scripts.status({ runId: "run_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(viewer.runs.start({ tenant: mine.id, job })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await viewer.runs.list({ tenant: mine.id })).items).toEqual([]);
  await expect(owner.runs.all({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(owner.scripts.run({ tenant: mine.id, job })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(owner.deadLetters.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a suspended client's jobs are not started by hand either", async () => {
  const ctx = testTenantCtx(await makeTenant({ status: "suspended" }));
  await expect(startRun(ctx, { job })).rejects.toMatchObject({ kind: "conflict" });
});

test("starting a job twice, at the same moment too, answers one run, one message and one audit line", async () => {
  const ctx = testTenantCtx(await makeTenant());
  const started = await Promise.all([startRun(ctx, { job }), startRun(ctx, { job })]);
  expect(new Set(started.map(({ id }) => id)).size).toBe(1);
  expect(ctx.traces.runs).toHaveLength(1);
  expect(await ctx.db.select().from(runs).where(inTenant(ctx, runs))).toMatchObject([{ trigger: "manual", status: "queued" }]);
  expect(await ctx.db.select().from(auditLog).where(inTenant(ctx, auditLog))).toMatchObject([{ action: "run.started" }]);
});

test("staff start any client's job and follow it to its log and its schedules", async () => {
  const { mine, staff } = await people();
  const run = await staff.scripts.run({ tenant: mine.id, job });
  await database.insert(runLogs).values({ tenantId: mine.id, runId: run.id, seq: 1, at: 1, level: "info", message: "hello", fields: null });
  expect(await staff.scripts.status({ runId: run.id })).toMatchObject({ tenantId: mine.id, logs: [{ message: "hello" }] });
  expect(await staff.scripts.schedules({ tenant: mine.id })).toMatchObject([{ job, enabled: true }]);
  expect((await staff.runs.all({})).items).toMatchObject([{ id: run.id, tenantName: mine.name }]);
});

test("runs are paged in one stable order and filtered, for a tenant and across tenants", async () => {
  const { mine, other, owner, staff } = await people();
  const rows = Array.from({ length: 25 }, (_, index) => ({
    id: newId("run", 1_000 + Math.floor(index / 5)),
    tenantId: index % 2 === 0 ? mine.id : other.id,
    job: index % 5 === 0 ? "b" : "a",
    slot: index,
    trigger: "schedule" as const,
    status: (["succeeded", "failed", "dead"] as const)[index % 3] ?? "succeeded",
    availableAt: 0,
    createdAt: 1_000,
  }));
  await database.batch(rows.map((row) => database.insert(runs).values(row)) as never);
  const newestFirst = rows
    .map(({ id }) => id)
    .sort()
    .reverse();
  const all: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await staff.runs.all({ limit: 7, cursor });
    all.push(...page.items.map(({ id }) => id));
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(all).toEqual(newestFirst);
  const of = (wanted: (row: (typeof rows)[number]) => boolean) =>
    newestFirst.filter((id) => rows.some((row) => row.id === id && wanted(row)));
  const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
  expect(ids(await staff.runs.all({ status: "failed" }))).toEqual(of(({ status }) => status === "failed"));
  expect(ids(await staff.runs.all({ job: "b", tenantId: other.id }))).toEqual(
    of(({ job, tenantId }) => job === "b" && tenantId === other.id),
  );
  expect(ids(await owner.runs.list({ tenant: mine.id, status: "dead" }))).toEqual(
    of(({ status, tenantId }) => status === "dead" && tenantId === mine.id),
  );
});
