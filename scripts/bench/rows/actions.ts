import { cpuOf, tellsCpu } from "#scripts/bench/cpu.ts";
import { type Row, ratioAtLeast, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import type { Floor } from "#scripts/bench/floor.ts";
import { insist } from "#scripts/bench/insist.ts";
import { pages } from "#scripts/bench/pages.ts";
import { timed } from "#scripts/bench/timed.ts";
import type { Server } from "#scripts/server.ts";
import type { RunMessage } from "#server/messages.ts";

export interface ActionsBench {
  server: Server;
  floor: Floor;
  /** The processes that they run in. */
  pids: Record<"ours" | "floor", number>;
  /** What is seeded: each is made approved again for each round. */
  ids: readonly string[];
  /** A turn of each of their clients. */
  turns: readonly RunMessage[];
  rounds: number;
}

/** Actions a second, from the sending of their messages to the last one's receipt; and what one computes, where this system tells that. */
export async function measureActions({ server, floor, pids, ids, turns, rounds }: ActionsBench): Promise<Row[]> {
  const { DB, ACTIONS } = await server.bindings();
  const floorDb = await floor.db();
  for (const db of [DB, floorDb]) await insist(() => db.prepare("select 1").first());
  const count = ids.length;
  const each: { perSecond: Pair; cpuMs: Pair }[] = [];
  const measure = async (pid: number, start: () => Promise<void>, db: D1Database) => {
    const before = tellsCpu ? cpuOf(pid) : 0;
    const ms = await timed(start, () => done(db, count));
    return { perSecond: (count * 1000) / ms, cpuMs: tellsCpu ? (cpuOf(pid) - before) / count : 0 };
  };
  for (let round = 0; round <= rounds; round++) {
    for (const db of [DB, floorDb]) await approveAnew(db, round);
    const send = async () => {
      for (const some of pages(turns, 100)) await ACTIONS.sendBatch(some.map((body) => ({ body: { ...body, turn: firstTurn(round) } })));
    };
    const act = () => floor.act(ids);
    const ours = await measure(pids.ours, send, DB);
    const floors = await measure(pids.floor, act, floorDb);
    const pair = (what: keyof typeof ours): Pair => ({ ours: ours[what], floor: floors[what] });
    if (round > 0) each.push({ perSecond: pair("perSecond"), cpuMs: pair("cpuMs") });
  }
  const rowOfAll = (what: "perSecond" | "cpuMs") => each.map((round) => round[what]);
  // Ours writes three times, of which one has to come before the provider is asked and one after it: that is what makes it done once.
  const rows = [rowOf("actions-per-second", "actions/s", rowOfAll("perSecond"), ratioAtLeast(0.25))];
  if (tellsCpu) rows.push(rowOf("action-cpu", "ms", rowOfAll("cpuMs"), ratioAtMost(6)));
  return rows;
}

interface Pair {
  ours: number;
  floor: number;
}

/** Numbers of turns only rise, also where one of the round before is still at its end. */
const firstTurn = (round: number): number => round * 1_000 + 1;

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
    db.prepare("update turns set number = ?, at = 1 where queue = 'actions'").bind(firstTurn(round)),
  ]);

async function done(db: D1Database, count: number): Promise<boolean> {
  const { results } = await db
    .prepare("select status, failure_message as why, count(*) as number from actions group by status, failure_message")
    .all<{ status: string; why: string | null; number: number }>();
  const wrong = results.find(({ status }) => !["approved", "executing", "done"].includes(status));
  if (wrong) throw new Error(`${wrong.number} actions are ${wrong.status}: ${wrong.why}`);
  return (results.find(({ status }) => status === "done")?.number ?? 0) === count;
}
