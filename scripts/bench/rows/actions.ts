import { type Row, ratioAtLeast, rowOf } from "#scripts/bench/figures.ts";
import type { Floor } from "#scripts/bench/floor.ts";
import { insist } from "#scripts/bench/insist.ts";
import { pages } from "#scripts/bench/pages.ts";
import { timed } from "#scripts/bench/timed.ts";
import type { Server } from "#scripts/server.ts";
import type { ActionMessage } from "#server/messages.ts";

export interface ActionsBench {
  server: Server;
  floor: Floor;
  /** What is seeded, as messages; each is made approved again for each round. */
  messages: readonly ActionMessage[];
  rounds: number;
}

/** Actions a second, from the sending of their messages to the last one's receipt. */
export async function measureActions({ server, floor, messages, rounds }: ActionsBench): Promise<Row> {
  const { DB, ACTIONS } = await server.bindings();
  const floorDb = await floor.db();
  for (const db of [DB, floorDb]) await insist(() => db.prepare("select 1").first());
  const count = messages.length;
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const db of [DB, floorDb]) await approveAnew(db, round);
    const oursMs = await timed(
      async () => {
        for (const some of pages(messages, 100)) await ACTIONS.sendBatch(some.map((body) => ({ body })));
      },
      () => done(DB, count),
    );
    const floorMs = await timed(
      () => floor.act(messages.map((message) => (message.type === "action" ? message.action : ""))),
      () => done(floorDb, count),
    );
    if (round > 0) measured.push({ ours: (count * 1000) / oursMs, floor: (count * 1000) / floorMs });
  }
  // Ours writes three times, of which one has to come before the provider is asked and one after it: that is what makes it done once.
  return rowOf("actions-per-second", "actions/s", measured, ratioAtLeast(0.25));
}

/** Each adds a tag that nobody has yet: what is there already would not be done. */
const approveAnew = (db: D1Database, round: number) =>
  db.batch([
    db
      .prepare(
        `update action_steps set status = 'pending', begun_at = null, receipt = null,
           payload = json_set(payload, '$.tags[0]', 'round-' || ? || '-' || action_id)`,
      )
      .bind(round),
    db.prepare("update actions set status = 'approved', lease = null, available_at = 1, attempt = 0, finished_at = null"),
  ]);

async function done(db: D1Database, count: number): Promise<boolean> {
  const { results } = await db
    .prepare("select status, failure_message as why, count(*) as number from actions group by status, failure_message")
    .all<{ status: string; why: string | null; number: number }>();
  const wrong = results.find(({ status }) => !["approved", "executing", "done"].includes(status));
  if (wrong) throw new Error(`${wrong.number} actions are ${wrong.status}: ${wrong.why}`);
  return (results.find(({ status }) => status === "done")?.number ?? 0) === count;
}
