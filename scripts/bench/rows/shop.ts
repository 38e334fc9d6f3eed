import { generateShop } from "#sandbox/shop/generate.ts";
import { shopFile } from "#sandbox/shop/load.ts";
import { mapShop } from "#sandbox/shop/map.ts";
import type { OrderRow } from "#sandbox/shop/model.ts";
import { oursAtMost, type Row, rowOf } from "#scripts/bench/figures.ts";
import type { SeededOrder } from "#scripts/bench/shop-worker.ts";
import { type ModelWorker, startModelWorker } from "#scripts/model-worker.ts";

const dayMs = 86_400_000;
const timezone = "Europe/London";
const rehearsedDays = 90;
const scored = 100_000;
const ordersASeed = 1_000;

/**
 * Milliseconds of a Worker for acme's customers at risk, tried over 90 days with two settings (`domain/rehearsals/`), beside reading the same rows from D1
 * with bare SQL. Acme is the file of the demo, or a shop of about its size where there is none.
 */
export async function measureRehearsal(say: (line: string) => void): Promise<Row> {
  return onWorker(async (worker) => {
    const sold = await ordersOfAcme();
    for (let from = 0; from < sold.length; from += ordersASeed) await worker.ask("/orders", sold.slice(from, from + ordersASeed));
    const rounds: { ours: number; floor: number }[] = [];
    for (let round = 0; round <= 5; round++) {
      const [ours, found] = await timed(() => worker.ask<Record<string, number>>("/rehearse", { days: rehearsedDays }));
      const [floor, rows] = await timed(() => worker.ask<number>("/read", {}));
      if (round === 0) say(`  ${sold.length} orders, ${rows} rows read: ${JSON.stringify(found)}`);
      else rounds.push({ ours, floor });
    }
    return rowOf("rehearsal", "ms", rounds, oursAtMost(10_000));
  });
}

/**
 * Milliseconds of a Worker for a whole run of the sensor that scores customers (fitted, checked on their past, scored in pages, each step written by the
 * engine's statements), with D1, beside the maths of the same customers out of no database.
 */
export async function measureScoring(say: (line: string) => void): Promise<Row> {
  return onWorker(async (worker) => {
    const many = await worker.ask<number>("/simulate", { customers: scored });
    say(`  ${scored} customers have ${many} orders`);
    const rounds: { ours: number; floor: number }[] = [];
    for (let round = 0; round < 3; round++) {
      // A week later each time: the model is fitted anew.
      const steps = await scoreAll(worker, Date.now() + round * 8 * dayMs);
      const [floor] = await timed(() => worker.ask<number>("/maths", { customers: scored }));
      say(`  ${steps.map(({ phase, ms }) => `${phase} ${Math.round(ms)}`).join(", ")} ms`);
      rounds.push({ ours: steps.reduce((sum, { ms }) => sum + ms, 0), floor });
    }
    return rowOf("score-100000-customers-in-d1", "ms", rounds, oursAtMost(30_000));
  });
}

/** Its steps, the pages of scores together. Throws where one customer was not scored. */
async function scoreAll(worker: ModelWorker, now: number): Promise<{ phase: string; ms: number }[]> {
  const steps = new Map<string, number>();
  let count = 0;
  for (let cursor: { phase: string } | null = null, done = false; !done; ) {
    const phase = cursor?.phase ?? "fit";
    const from = performance.now();
    const step: { cursor: { phase: string }; done: boolean; scored: number } = await worker.ask("/step", { cursor, now });
    steps.set(phase, (steps.get(phase) ?? 0) + performance.now() - from);
    ({ cursor, done } = step);
    count += step.scored;
  }
  if (count !== scored) throw new Error(`${count} of ${scored} customers were scored`);
  return [...steps].map(([phase, ms]) => ({ phase, ms }));
}

async function onWorker<T>(work: (worker: ModelWorker) => Promise<T>): Promise<T> {
  const worker = await startModelWorker("bench/shop-worker.ts", { d1: true });
  try {
    await worker.ask("/client", {});
    return await work(worker);
  } finally {
    await worker.stop();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, answer: T]> {
  const from = performance.now();
  const answer = await work();
  return [performance.now() - from, answer];
}

async function ordersOfAcme(): Promise<SeededOrder[]> {
  const file = shopFile();
  const now = Date.now();
  const rows = file
    ? await mapShop(file, { now, timezone })
    : generateShop({ seed: "bench", orders: 20_000, endsAt: now, currency: "GBP" });
  const dayIn = new Intl.DateTimeFormat("en-CA", { timeZone: timezone });
  return rows.orders.flatMap((order) => (order.customerId === null ? [] : [seeded(order, order.customerId, dayIn)]));
}

/** A parcel takes four days. */
const seeded = ({ id, createdAt, gross, lines, refunds }: OrderRow, customer: number, dayIn: Intl.DateTimeFormat): SeededOrder => ({
  ...{
    id: `${id}`,
    customer: `${customer}`,
    at: createdAt,
    day: dayIn.format(createdAt),
    minor: gross,
    deliveredAt: createdAt + 4 * dayMs,
  },
  lines: lines.split(";").map((line, place) => {
    const [code = "", quantity = "1", price = "0"] = line.split("|");
    const unit = Math.round(Number(price) * 100);
    return [`${id}-${place}`, code, code, Number(quantity), Number(quantity), unit, unit * Number(quantity)];
  }),
  refunds: refunds.map((each) => ({ id: `${each.id}`, at: each.createdAt, minor: each.amount })),
});
