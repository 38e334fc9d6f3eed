import { type Row, ratioAtLeast, rowOf } from "#scripts/bench/figures.ts";
import type { Floor } from "#scripts/bench/floor.ts";
import { insist } from "#scripts/bench/insist.ts";
import { benchJob } from "#scripts/bench/seed.ts";
import { timed } from "#scripts/bench/timed.ts";
import type { Server } from "#scripts/server.ts";

export interface RunsBench {
  server: Server;
  floor: Floor;
  /** The tenants whose job is made due. */
  tenants: readonly string[];
  rounds: number;
}

/** Runs a second, from the cron's tick (or the bare sending) to the last run's rows. */
export async function measureRuns({ server, floor, tenants, rounds }: RunsBench): Promise<Row> {
  const { DB } = await server.bindings();
  const floorDb = await floor.db();
  for (const db of [DB, floorDb]) await insist(() => db.prepare("select 1").first());
  const count = tenants.length;
  const numbers = tenants.map((_, at) => at);
  await floorDb
    .prepare(
      `insert or ignore into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
       select 'n' || value, 'n' || value, 'bench', 0, 'schedule', 'queued', 0, 0 from json_each(?)`,
    )
    .bind(JSON.stringify(numbers))
    .run();
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    await DB.batch([
      DB.prepare("delete from run_logs"),
      DB.prepare("delete from runs"),
      // Those of a server that was stopped were lost with it, and would be given anew a minute later.
      DB.prepare("delete from turns"),
      DB.prepare("update schedules set next_at = 1 where job = ? and tenant_id like 'bench-run-%'").bind(benchJob),
    ]);
    const oursMs = await timed(
      () => server.tick(),
      async () => done(DB, "tenant_id like 'bench-run-%'", count),
    );
    await floorDb.prepare("update runs set status = 'queued' where job = 'bench'").run();
    const floorMs = await timed(
      () => floor.send(numbers),
      async () => done(floorDb, "job = 'bench'", count),
    );
    if (round > 0) measured.push({ ours: (count * 1000) / oursMs, floor: (count * 1000) / floorMs });
  }
  return rowOf("runs-per-second", "runs/s", measured, ratioAtLeast(0.5));
}

async function done(db: D1Database, which: string, count: number): Promise<boolean> {
  const { results } = await db
    .prepare(`select status, error_message as why, count(*) as number from runs where ${which} group by status, error_message`)
    .all<{ status: string; why: string | null; number: number }>();
  const failed = results.find(({ status }) => status === "failed" || status === "dead");
  if (failed) throw new Error(`${failed.number} runs ended ${failed.status}: ${failed.why}`);
  return (results.find(({ status }) => status === "succeeded")?.number ?? 0) === count;
}
