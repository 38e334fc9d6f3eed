import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { count, countDistinct, eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { type Db, openDb } from "#db/client.ts";
import { measurements, runLogs, runs, schedules } from "#db/schema/index.ts";
import { sandboxClients, sandboxEndpoints } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { startServer } from "#scripts/server.ts";
import { workerdProcesses } from "#scripts/workerd-processes.ts";
import { seedGoogleClients } from "./seed-runs.ts";

const clients = 1_000;
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test("workerd is killed in the middle of a thousand runs: started again, every run is done, and has its effect exactly once", {
  timeout: 240_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "atrium-kill-"));
  closing.push(() => rm(dataDir, { recursive: true, force: true }));
  const sandbox = await startSandbox({ port: 0, redirectOrigin: "http://localhost", shop: null, generatedOrders: 10 });
  closing.push(sandbox.stop);
  const control = (body: unknown) => fetch(`${sandbox.url}/__sandbox/control`, { method: "POST", body: JSON.stringify(body) });
  // Replies that take a while, so that there is a middle to be killed in.
  await control({ limits: false, faults: [{ provider: "google", kind: "api", effect: { type: "slow", ms: 100 } }] });

  const variables = {
    ...(await localVariables(dataDir)),
    APP_ORIGIN: "http://localhost",
    GOOGLE_CLIENT_ID: sandboxClients.google.clientId,
    GOOGLE_CLIENT_SECRET: sandboxClients.google.clientSecret,
    PROVIDER_ENDPOINTS: JSON.stringify(sandboxEndpoints(sandbox.url)),
  };
  const others = workerdProcesses();
  const first = await startServer({ port: 0, dataDir, variables, onLine: () => undefined });
  const killed = workerdProcesses().filter((pid) => !others.includes(pid));
  const seeding = scriptCtx(await first.bindings(), variables, "seed");
  const tenants = await seedGoogleClients(seeding, { count: clients, sandbox: sandbox.url });
  // Each tick gives schedules to a hundred clients and makes their runs.
  for (let made = 0; made < clients; made += 100) {
    await first.tick();
    // Each client runs once here: a slot of the hour that falls into this very minute would make a second run of some.
    await seeding.directory.update(schedules).set({ nextAt: sql`${schedules.nextAt} + 3600000` });
  }
  await until(async () => {
    const now = await statuses(seeding.directory);
    return now.succeeded >= clients / 10 && now.running > 0;
  });
  for (const pid of killed) process.kill(pid, "SIGKILL");
  await first.stop().catch((error: unknown) => expect(error).toBeInstanceOf(Error));

  const second = await startServer({ port: 0, dataDir, variables, onLine: () => undefined });
  closing.push(second.stop);
  const db = openDb((await second.bindings()).DB);
  const left = await statuses(db);
  expect(left.running).toBeGreaterThan(0);
  // Three minutes later: leases have ended and lost messages are overdue.
  await db.update(runs).set({ availableAt: sql`${runs.availableAt} - 180000` });
  await second.tick();
  await until(async () => (await statuses(db)).succeeded === clients);

  const [made] = await db.select({ runs: count(), tenants: countDistinct(runs.tenantId) }).from(runs);
  expect(made).toEqual({ runs: clients, tenants: clients });
  // A log line has no natural key, so that a second effect would show: each run says once that it is done.
  const [said] = await db
    .select({ lines: count(), runs: countDistinct(runLogs.runId) })
    .from(runLogs)
    .where(eq(runLogs.message, "Done."));
  expect(said).toEqual({ lines: clients, runs: clients });
  const measured = await db.select({ tenant: measurements.tenantId }).from(measurements).groupBy(measurements.tenantId);
  expect(measured.map(({ tenant }) => tenant).sort()).toEqual([...tenants].sort());
  const [twice] = await db.select({ count: count() }).from(runs).where(sql`${runs.attempt} > 1`);
  expect(twice?.count).toBeGreaterThan(0);
});

async function statuses(db: Db) {
  const rows = await db.select({ status: runs.status, count: count() }).from(runs).groupBy(runs.status);
  const of = (status: string) => rows.find((row) => row.status === status)?.count ?? 0;
  return { queued: of("queued"), running: of("running"), succeeded: of("succeeded") };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
