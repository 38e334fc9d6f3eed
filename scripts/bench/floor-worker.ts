import { Hono } from "hono";
import type { Call, RoundTrip, Statement } from "./recorder-script.ts";

interface Exchange {
  url: string;
  headers: Record<string, string>;
}
/** What one run does: its calls to the provider, and the rows that it leaves. */
export interface RunWork {
  calls: Call[];
  measurements: { job: string; metric: string; day: string; dimension: string; value: number }[];
  logs: number;
}
interface FloorEnv {
  DB: D1Database;
  /** Round trips by the name of the route. */
  ROUND_TRIPS: Record<string, RoundTrip[]>;
  EXCHANGE: Exchange;
  RUN_WORK: RunWork;
  /** What one action asks of its provider. */
  ACTION_WORK: Call[];
  RUNS: Queue<number>;
  ACTIONS: Queue<string>;
}

/**
 * The least that could do the same: no sessions, no rights, no pages. It asks D1 and providers what the portal asks, exchanges a
 * code and keeps nothing, works messages off and knows no leases.
 */
const app = new Hono<{ Bindings: FloorEnv }>();

/** With a body, that is what is asked of the token endpoint: a code works once. */
app.on(["GET", "POST"], "/replay/:name", async (c) => {
  const exchange = await c.req.text();
  const trips = c.env.ROUND_TRIPS[c.req.param("name")] ?? [];
  const answers: unknown[] = [];
  for (const wave of new Set(trips.map((trip) => trip.wave))) {
    answers.push(await Promise.all(trips.filter((trip) => trip.wave === wave).map((trip) => replay(c.env, trip, exchange))));
  }
  return c.json(answers);
});

app.post("/exchange", async (c) => {
  const { url, headers } = c.env.EXCHANGE;
  const answer = await fetch(url, { method: "POST", headers, body: await c.req.text() });
  await answer.json();
  return c.json({ ok: answer.ok }, answer.ok ? 200 : 502);
});

function replay({ DB, EXCHANGE }: FloorEnv, trip: RoundTrip, exchange: string): Promise<unknown> {
  return "call" in trip ? call(trip.call, trip.call.url === EXCHANGE.url ? exchange : trip.call.body) : ask(DB, trip.statements);
}

async function call({ url, method, headers }: Call, body: string): Promise<unknown> {
  const answer = await fetch(url, { method, headers, ...(body && { body }) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

function ask(db: D1Database, statements: readonly Statement[]): Promise<unknown> {
  const prepared = statements.map(({ sql, values }) => db.prepare(sql).bind(...values));
  const [only] = prepared;
  return only && prepared.length === 1 ? only.all() : db.batch(prepared);
}

/** A batch of runs: each message makes its calls, and all rows are written together. */
async function run(batch: MessageBatch<number>, { DB, RUN_WORK }: FloorEnv): Promise<void> {
  await Promise.all(
    batch.messages.map(async () => {
      for (const { url, method, headers, body } of RUN_WORK.calls) await (await fetch(url, { method, headers, body })).json();
    }),
  );
  const tenants = JSON.stringify(batch.messages.map(({ body }) => `n${body}`));
  const lines = JSON.stringify(Array.from({ length: RUN_WORK.logs }, (_, seq) => seq));
  await DB.batch([
    DB.prepare(
      `insert or replace into measurements (tenant_id, job, metric, day, dimension, value, measured_at)
       select t.value, m.value->>'job', m.value->>'metric', m.value->>'day', m.value->>'dimension', m.value->>'value', 0
       from json_each(?) t, json_each(?) m`,
    ).bind(tenants, JSON.stringify(RUN_WORK.measurements)),
    DB.prepare(
      `insert or replace into run_logs (tenant_id, run_id, seq, at, level, message)
       select t.value, t.value, l.value, 0, 'info', 'done' from json_each(?) t, json_each(?) l`,
    ).bind(tenants, lines),
    DB.prepare("update schedules set last_run_at = 1 where (tenant_id, job) in (select value, 'bench' from json_each(?))").bind(tenants),
    DB.prepare("update runs set status = 'succeeded' where id in (select value from json_each(?))").bind(tenants),
  ]);
}

/** A batch of actions: each message makes its calls, and writes one row. */
async function act(batch: MessageBatch<string>, { DB, ACTION_WORK }: FloorEnv): Promise<void> {
  await Promise.all(
    batch.messages.map(async ({ body: id }) => {
      for (const { url, method, headers, body } of ACTION_WORK) await (await fetch(url, { method, headers, body })).json();
      await DB.prepare("update actions set status = 'done' where id = ?").bind(id).run();
    }),
  );
}

export default {
  fetch: app.fetch,
  queue: (batch, env) =>
    batch.queue === "floor-actions" ? act(batch as MessageBatch<string>, env) : run(batch as MessageBatch<number>, env),
} satisfies ExportedHandler<FloorEnv, number | string>;
