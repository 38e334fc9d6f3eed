import { type Row, rowOf } from "#scripts/bench/figures.ts";
import type { Recorder } from "#scripts/bench/record.ts";

const due = 1000;

/**
 * Rows that one tick of the cron reads, with few and with many schedules. What is due must be read; what is not must cost
 * nothing. The floor is the smallest table with the same number due.
 */
export async function measureTick(recorder: Recorder, say: (line: string) => void): Promise<Row> {
  const rowsRead = new Map<string, number>();
  const db = await recorder.db();
  await recorder.rowsReadByTick(); // brings up what the first tick alone does
  for (const size of [1_000, 10_000, 100_000]) {
    for (const dueNow of [0, due]) {
      await fill(db, size, dueNow);
      rowsRead.set(`${size} ${dueNow}`, await recorder.rowsReadByTick());
      say(`  tick with ${size} schedules, ${dueNow} due: ${rowsRead.get(`${size} ${dueNow}`)} rows read`);
    }
  }
  const of = (size: number, dueNow: number) => (rowsRead.get(`${size} ${dueNow}`) ?? Number.NaN) + 1;
  const rounds = [0, due].flatMap((dueNow) => [10_000, 100_000].map((size) => ({ ours: of(size, dueNow), floor: of(1_000, dueNow) })));
  return rowOf("tick-rows-read", "rows", rounds, { text: "ratio <= 1.1, each", met: ({ ratio }) => ratio.max <= 1.1 });
}

async function fill(db: D1Database, size: number, dueNow: number): Promise<void> {
  await db.batch([db.prepare("delete from runs"), db.prepare("delete from schedules")]);
  await db
    .prepare(
      `with recursive n (at) as (select 0 union all select at + 1 from n where at + 1 < ?)
       insert into schedules (tenant_id, job, every_s, next_at, enabled, config)
       select 'tick-' || (at / 5), 'job-' || (at % 5), 3600, case when at < ? then 1 else 9999999999999 end, 1, '{}' from n`,
    )
    .bind(size, dueNow)
    .run();
}
