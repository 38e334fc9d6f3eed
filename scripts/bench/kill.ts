import { count, countDistinct, eq, sql } from "drizzle-orm";
import { type Db, openDb } from "#db/client.ts";
import { measurements, runLogs, runs, schedules, turns } from "#db/schema/index.ts";
import { sandboxClients, sandboxEndpoints } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { insist } from "./insist.ts";
import { seedGoogleClients } from "./kill-seed.ts";
import { startKillable } from "./killable.ts";
import { until } from "./until.ts";

export interface KillOptions {
  /** Each has one run. */
  clients: number;
  /** How long the provider takes for each reply: there has to be a middle to be killed in. */
  replyMs: number;
  /** Where the D1 keeps its files. */
  dataDir: string;
}

export interface KillFigures {
  /** Runs that were at work when the Worker was killed. */
  running: number;
  runs: number;
  clientsWithRuns: number;
  /** A log line has no natural key, so that a second effect shows: each run says once that it is done. */
  linesOfDone: number;
  runsThatSaidDone: number;
  /** Clients whose figures are there, and those that should have some. */
  measured: string[];
  clients: string[];
  /** Runs that were begun more than once. */
  twice: number;
}

/** workerd is killed in the middle of many runs and started again; resolves when every run is done. */
export async function kill({ clients, replyMs, dataDir }: KillOptions): Promise<KillFigures> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const sandbox = await startSandbox({ port: 0, redirectOrigin: "http://localhost", shop: null, generatedOrders: 10 });
    closing.push(sandbox.stop);
    const control = (body: unknown) => fetch(`${sandbox.url}/__sandbox/control`, { method: "POST", body: JSON.stringify(body) });
    await control({ limits: false, faults: [{ provider: "google", kind: "api", effect: { type: "slow", ms: replyMs } }] });

    const variables = {
      ...(await localVariables(dataDir)),
      APP_ORIGIN: "http://localhost",
      GOOGLE_CLIENT_ID: sandboxClients.google.clientId,
      GOOGLE_CLIENT_SECRET: sandboxClients.google.clientSecret,
      PROVIDER_ENDPOINTS: JSON.stringify(sandboxEndpoints(sandbox.url)),
    };
    const first = await startKillable({ dataDir, variables });
    const seeding = scriptCtx(await first.bindings(), variables, "seed");
    const seeded = await seedGoogleClients(seeding, { count: clients, sandbox: sandbox.url });
    // Each tick gives schedules to a hundred clients and makes their runs.
    for (let made = 0; made < clients; made += 100) {
      await insist(first.tick);
      // Each client runs once here: a slot of the hour that falls into this very minute would make a second run of some.
      await insist(async () => seeding.directory.update(schedules).set({ nextAt: sql`${schedules.nextAt} + 3600000` }));
    }
    // In the middle of a batch, while its calls are awaited: at its end none may be left at work a moment later.
    let before = 0;
    await until(async () => {
      const now = await statuses(seeding.directory);
      const isWaiting = now.succeeded === before;
      before = now.succeeded;
      return isWaiting && now.succeeded >= clients / 10 && now.running > 0;
    }, 50);
    await first.kill();

    const second = await startKillable({ dataDir, variables });
    closing.push(second.stop);
    const db = openDb((await second.bindings()).DB);
    const { running } = await insist(() => statuses(db));
    // Three minutes later: leases have ended and lost messages are overdue.
    await insist(() =>
      db.batch([
        db.update(runs).set({ availableAt: sql`${runs.availableAt} - 180000` }),
        db.update(turns).set({ at: sql`${turns.at} - 180000` }),
      ]),
    );
    await insist(second.tick);
    await until(async () => (await statuses(db)).succeeded === clients);
    return { ...(await read(db)), running, clients: seeded.sort() };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function read(db: Db) {
  const [made] = await db.select({ runs: count(), clients: countDistinct(runs.tenantId) }).from(runs);
  const [said] = await db
    .select({ lines: count(), runs: countDistinct(runLogs.runId) })
    .from(runLogs)
    .where(eq(runLogs.message, "run.done"));
  const [again] = await db.select({ runs: count() }).from(runs).where(sql`${runs.attempt} > 1`);
  const measured = await db.select({ tenant: measurements.tenantId }).from(measurements).groupBy(measurements.tenantId);
  return {
    runs: made?.runs ?? 0,
    clientsWithRuns: made?.clients ?? 0,
    linesOfDone: said?.lines ?? 0,
    runsThatSaidDone: said?.runs ?? 0,
    measured: measured.map(({ tenant }) => tenant).sort(),
    twice: again?.runs ?? 0,
  };
}

/** How often a run, or an effect of one, is missing or there twice: none may be. */
export const killHarm = ({ runs: made, clientsWithRuns, linesOfDone, runsThatSaidDone, measured, clients }: KillFigures): number =>
  [made, clientsWithRuns, linesOfDone, runsThatSaidDone, measured.length].reduce((sum, n) => sum + Math.abs(n - clients.length), 0);

async function statuses(db: Db) {
  const rows = await db.select({ status: runs.status, count: count() }).from(runs).groupBy(runs.status);
  const of = (status: string) => rows.find((row) => row.status === status)?.count ?? 0;
  return { running: of("running"), succeeded: of("succeeded") };
}
