import { type Row, rowOf } from "#scripts/bench/figures.ts";
import { type Recorder, startRecorder } from "#scripts/bench/record.ts";
import { deepen, seedFleet, seedOrders, seedRuns, seedWaiting } from "#scripts/bench/scale-seed.ts";
import { type Portal, seedPortal } from "#scripts/bench/seed.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { type Server, startServer } from "#scripts/server.ts";

/** Measured together, whichever of them is asked for. */
export const scaleRows = ["deep-overview-rows-read", "many-runs-rows-read", "inbox-rows-read", "fleet-rows-read", "fleet-aligned"] as const;

const origin = "http://localhost:8787";
const quiet = () => undefined;
const manyRuns = 100_000;
const someRuns = 1_000;
const manyWaiting = 10_000;
const someWaiting = 1_000;
const largeFleet = 10_000;
const smallFleet = 1_000;
const mostTicks = 20;

const twice = { text: "ratio <= 2, each", met: ({ ratio }: Pick<Row, "ratio">) => ratio.max <= 2 };

const runLists = [
  "",
  ...["queued", "running", "succeeded", "failed", "dead"].map((status) => `?status=${status}`),
  "?job=shopify-sensor",
  "?job=klaviyo-sensor",
  "?job=ga4-sensor",
  "?job=shopify-sensor&status=failed",
  "?job=klaviyo-sensor&status=succeeded",
];
const inboxViews = ["", "?automation=at-risk-customer-flow", "?view=over"];
const fleetPages = ["/admin/clients", "/admin/clients?search=Client", "/admin/calendar", ...runLists.map((list) => `/admin/runs${list}`)];

/** What pages read as a client's history and the fleet grow, beside their small twins on the same data; and how long a fleet waits for a new job. */
export async function measureScale(data: string, say: (line: string) => void): Promise<Row[]> {
  const variables = { ...(await localVariables(data)), APP_ORIGIN: origin };
  const seeded = await seed(data, variables);
  const recorder = await startRecorder(data, variables);
  const rows = await measureReads(recorder, seeded, say).finally(recorder.stop);
  const server = await startServer({ port: 0, dataDir: data, variables, onLine: quiet });
  return [...rows, await measureAlignment(server, say).finally(server.stop)];
}

interface Seeded {
  usual: Portal;
  deep: Portal;
  /** The header of an admin's browser. */
  admin: Record<string, string>;
}

async function seed(data: string, variables: Record<string, string>): Promise<Seeded> {
  const server = await startServer({ port: 0, dataDir: data, variables, onLine: quiet });
  try {
    const bindings = await server.bindings();
    const ctx = scriptCtx(bindings, variables, "bench");
    const now = ctx.now();
    const usual = await seedPortal(ctx, "bench-usual");
    const deep = await seedPortal(ctx, "bench-deep");
    const staff = await seedPortal(ctx, "bench-staff");
    await bindings.DB.prepare("update users set staff = 1 where email = 'bench-staff@bench.test'").run();
    await deepen(bindings.DB, deep, now);
    await seedOrders(bindings.DB, usual, { days: 90, now });
    await seedOrders(bindings.DB, deep, { days: 900, now });
    await seedRuns(bindings.DB, usual, someRuns);
    await seedRuns(bindings.DB, deep, manyRuns);
    await seedWaiting(bindings.DB, usual, { count: someWaiting, now });
    await seedWaiting(bindings.DB, deep, { count: manyWaiting, now });
    return { usual, deep, admin: staff.headers };
  } finally {
    await server.stop();
  }
}

async function measureReads(recorder: Recorder, { usual, deep, admin }: Seeded, say: (line: string) => void): Promise<Row[]> {
  const ofTenant = async (page: string) => {
    const rows = {
      ours: await recorder.rowsReadBy(`${origin}/t/${deep.tenant}${page}`, deep.headers),
      floor: await recorder.rowsReadBy(`${origin}/t/${usual.tenant}${page}`, usual.headers),
    };
    say(`  /t/:tenant${page}: ${rows.ours} rows read, its small twin ${rows.floor}`);
    return rows;
  };
  const overview = await ofTenant("");
  const lists: (typeof overview)[] = [];
  for (const list of runLists) lists.push(await ofTenant(`/runs${list}`));
  const inbox: (typeof overview)[] = [];
  for (const view of inboxViews) inbox.push(await ofTenant(`/approvals${view}`));
  const db = await recorder.db();
  const byFleet = async (from: number, to: number) => {
    await seedFleet(db, { from, to, now: Date.now() });
    const read: number[] = [];
    for (const page of fleetPages) read.push(await recorder.rowsReadBy(`${origin}${page}`, admin));
    return read;
  };
  const few = await byFleet(0, smallFleet);
  const many = await byFleet(smallFleet, largeFleet);
  const fleet = fleetPages.map((page, at) => {
    const rows = { ours: many[at] ?? Number.NaN, floor: few[at] ?? Number.NaN };
    say(`  ${page}: ${rows.ours} rows read with ${largeFleet} clients, ${rows.floor} with ${smallFleet}`);
    return rows;
  });
  return [
    rowOf("deep-overview-rows-read", "rows", [overview], twice),
    rowOf("many-runs-rows-read", "rows", lists, twice),
    rowOf("inbox-rows-read", "rows", inbox, twice),
    rowOf("fleet-rows-read", "rows", fleet, twice),
  ];
}

/** Ticks until every client has the schedules of a registry that gained a job: two are two minutes. The floor is the one that is needed. */
async function measureAlignment(server: Server, say: (line: string) => void): Promise<Row> {
  const { DB } = await server.bindings();
  const align = async (what: string) => {
    let seconds = 0;
    let ticks = 0;
    while ((await DB.prepare("select 1 from tenants where catalog in ('', 'before') limit 1").first()) !== null) {
      if (++ticks > mostTicks) throw new Error(`after ${mostTicks} ticks clients still wait for their schedules`);
      const from = performance.now();
      await server.tick();
      seconds += (performance.now() - from) / 1000;
    }
    say(`  ${largeFleet} clients, ${what}: aligned after ${ticks} ticks, ${seconds.toFixed(1)} s with all else that those do`);
    return { ours: ticks, floor: 1 };
  };
  const first = await align("whose schedules are all new");
  await DB.batch([DB.prepare("delete from schedules where job = 'ga4-sensor'"), DB.prepare("update tenants set catalog = 'before'")]);
  const second = await align("of whose schedules one is new");
  return rowOf("fleet-aligned", "ticks", [first, second], { text: "ours <= 2, each", met: ({ ours }) => ours.max <= 2 });
}
