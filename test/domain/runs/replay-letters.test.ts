import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { deadLetters, runs } from "#db/schema/index.ts";
import type { RunErrorKind } from "#db/words/runs.ts";
import type { Tenant } from "#server/ctx.ts";
import { listDeadLetters } from "#server/domain/runs/list-dead-letters.ts";
import { listReplayable, replayLetters } from "#server/domain/runs/replay-letters.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
let slot = 0;

/** A run that died of `errorKind`, and its letter. */
async function died(tenant: Tenant, errorKind: RunErrorKind, job: string): Promise<string> {
  const now = Date.now();
  const id = newId("run", now);
  await db.insert(runs).values({
    ...{ id, tenantId: tenant.id, job, slot: slot++, trigger: "schedule", status: "dead", availableAt: now, createdAt: now },
    ...{ errorKind, errorMessage: "Away." },
  });
  await db.insert(deadLetters).values({
    ...{ id: newId("ddl", now), queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId: id, reason: "run_dead", at: now },
  });
  return id;
}

async function staff() {
  const { actor } = await makeUser({ staff: true });
  return testCtx({ actor });
}

const statusOf = async (id: string) => (await db.select({ status: runs.status }).from(runs).where(eq(runs.id, id)))[0]?.status;

test("who is no admin of the agency replays nothing", async () => {
  const { actor } = await makeUser();
  await expect(replayLetters(testCtx({ actor }), { dryRun: true })).rejects.toMatchObject({ kind: "forbidden" });
});

test("a dry run says how many there are and whose, and sends nothing", async () => {
  const [acme, bolt] = [await makeTenant(), await makeTenant()];
  const runIds = [await died(acme, "defect", "dry"), await died(bolt, "defect", "dry")];
  const ctx = await staff();
  const answer = await replayLetters(ctx, { job: "dry", dryRun: true });
  expect(answer).toMatchObject({ found: 2, replayed: 0, left: 2 });
  expect(answer.clients.toSorted()).toEqual([acme.id, bolt.id].toSorted());
  expect(await Promise.all(runIds.map(statusOf))).toEqual(["dead", "dead"]);
  expect(ctx.traces.runs).toEqual([]);
});

test("what would be replayed is counted by client and job; a letter that is no run's stands without a job", async () => {
  const [acme, bolt] = [await makeTenant({ name: "Acme Count" }), await makeTenant({ name: "Bolt Count" })];
  for (const job of ["count-a", "count-b"]) await died(acme, "deadline", job);
  await died(bolt, "deadline", "count-a");
  await died(bolt, "deadline", "count-a");
  const ctx = await staff();
  const { found, groups } = await listReplayable(ctx, { cause: "deadline" });
  expect([found, groups[0]]).toEqual([4, { tenantId: bolt.id, tenantName: "Bolt Count", job: "count-a", count: 2 }]);
  expect(groups).toHaveLength(3);
  expect(ctx.traces.runs).toEqual([]);
  const { actor } = await makeUser();
  await expect(listReplayable(testCtx({ actor }), {})).rejects.toMatchObject({ kind: "forbidden" });
});

test("the letters of one job and cause are sent, and those of other jobs, causes and clients stay", async () => {
  const [acme, bolt] = [await makeTenant(), await makeTenant()];
  const meant = await died(acme, "defect", "job-a");
  const others = [await died(acme, "defect", "job-b"), await died(bolt, "defect", "job-a"), await died(acme, "unavailable", "job-c")];
  const ctx = await staff();
  expect(await replayLetters(ctx, { job: "job-a", cause: "defect", tenantId: acme.id, dryRun: false })).toMatchObject({
    ...{ found: 1, replayed: 1, refused: 0, left: 0 },
  });
  expect(ctx.traces.runs.map(({ tenant }) => tenant)).toEqual([acme.id]);
  expect(await statusOf(meant)).toBe("queued");
  expect(await Promise.all(others.map(statusOf))).toEqual(["dead", "dead", "dead"]);
});

test("a letter whose job runs already is refused, and holds back no other one", async () => {
  const [acme, bolt] = [await makeTenant(), await makeTenant()];
  await died(acme, "defect", "busy");
  await db.insert(runs).values({
    ...{ id: newId("run", Date.now()), tenantId: acme.id, job: "busy", slot: slot++, trigger: "manual", status: "running" },
    ...{ availableAt: 0, createdAt: 0 },
  });
  const free = await died(bolt, "defect", "busy");
  const ctx = await staff();
  expect(await replayLetters(ctx, { job: "busy", dryRun: false })).toMatchObject({ found: 2, replayed: 1, refused: 1, left: 1 });
  expect(ctx.traces.runs.map(({ tenant }) => tenant)).toEqual([bolt.id]);
  expect(await statusOf(free)).toBe("queued");
});

test("however many cannot be sent, those behind them are; of one job of a client one alone is", async () => {
  const [acme, bolt] = [await makeTenant(), await makeTenant()];
  for (let times = 0; times < 51; times++) await died(acme, "defect", "behind");
  const last = await died(bolt, "defect", "behind");
  const ctx = await staff();
  const replay = () => replayLetters(ctx, { job: "behind", dryRun: false });
  expect(await replay()).toMatchObject({ found: 52, replayed: 2, refused: 50, left: 50 });
  expect(ctx.traces.runs.map(({ tenant }) => tenant).toSorted()).toEqual([acme.id, bolt.id].toSorted());
  expect(await statusOf(last)).toBe("queued");
  expect(await replay()).toMatchObject({ found: 50, replayed: 0, refused: 50, left: 50 });
});

test("letters of a cause behind 500 newer ones of another are counted, and replayed", async () => {
  const tenant = await makeTenant();
  const old = await died(tenant, "revoked", "behind-many");
  const later = Date.now() + 10_000;
  const others = Array.from({ length: 501 }, (_, at) => ({
    ...{ id: newId("ddl", later + at), queue: "atrium-mail", message: {}, ofTenant: tenant.id, reason: "mail", at: later },
  }));
  for (let from = 0; from < others.length; from += 10) await db.insert(deadLetters).values(others.slice(from, from + 10));
  const ctx = await staff();
  const which = { cause: "revoked", tenantId: tenant.id };
  expect(await listReplayable(ctx, which)).toMatchObject({ found: 1, more: false });
  expect(await listReplayable(ctx, { tenantId: tenant.id })).toMatchObject({ found: 500, more: true });
  expect(await replayLetters(ctx, { ...which, dryRun: false })).toMatchObject({ found: 1, replayed: 1, left: 0 });
  expect(await statusOf(old)).toBe("queued");
  await db.delete(deadLetters).where(eq(deadLetters.ofTenant, tenant.id));
});

test("a letter that came after they were counted is not sent", async () => {
  const [acme, bolt, ctx] = [await makeTenant(), await makeTenant(), await staff()];
  const seen = await died(acme, "defect", "seen");
  const { until } = await listReplayable(ctx, { job: "seen" });
  await new Promise((resolve) => setTimeout(resolve, 2));
  const later = await died(bolt, "defect", "seen");
  await replayLetters(ctx, { job: "seen", until: until ?? undefined, dryRun: false });
  expect([await statusOf(seen), await statusOf(later)]).toEqual(["queued", "dead"]);
});

test("fifty are sent at once, the oldest first, and the rest is told", async () => {
  const tenants = await Promise.all(Array.from({ length: 52 }, () => makeTenant()));
  const ids: string[] = [];
  for (const tenant of tenants) ids.push(await died(tenant, "defect", "flood"));
  const ctx = await staff();
  expect(await replayLetters(ctx, { job: "flood", dryRun: false })).toMatchObject({ found: 52, replayed: 50, left: 2 });
  expect(ctx.traces.runs).toHaveLength(50);
}, 60_000);

test("a letter in the list says whose it is, of which job and why; of a run that was forgotten it says whose alone", async () => {
  const tenant = await makeTenant({ name: "Acme Letters" });
  const [kept, gone] = [await died(tenant, "unavailable", "job-kept"), await died(tenant, "defect", "job-gone")];
  await db.delete(runs).where(eq(runs.id, gone));
  const { items } = await listDeadLetters(await staff(), { limit: 10, open: true, tenantId: tenant.id });
  const of = (runId: string) => items.find((letter) => letter.runId === runId);
  expect(of(kept)).toMatchObject({ tenantName: "Acme Letters", run: { job: "job-kept", errorKind: "unavailable", errorMessage: "Away." } });
  expect(of(gone)).toMatchObject({ tenantName: "Acme Letters", run: null });
});
