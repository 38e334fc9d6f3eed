import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sandboxClient } from "#sandbox/client.ts";
import { sandboxClients, sandboxEndpoints, sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import type { Ctx } from "#server/ctx.ts";
import type { RunMessage } from "#server/messages.ts";
import { startListener } from "./bench/calls.ts";
import { startProcess, tellsCpu } from "./bench/cpu.ts";
import { type Row, tableOf } from "./bench/figures.ts";
import { startFloor } from "./bench/floor.ts";
import type { RunWork } from "./bench/floor-worker.ts";
import { kill, killHarm } from "./bench/kill.ts";
import { approveAll, killActions, killActionsHarm, tellKillActions } from "./bench/kill-actions.ts";
import { seedActions } from "./bench/kill-actions-seed.ts";
import { startRecorder } from "./bench/record.ts";
import type { RoundTrip } from "./bench/recorder-script.ts";
import { measureActions } from "./bench/rows/actions.ts";
import { measureCallback, measureFarCallback, recordCallback } from "./bench/rows/callback.ts";
import { fairnessRows, measureFairness } from "./bench/rows/fairness.ts";
import { measureModels, modelRows } from "./bench/rows/models.ts";
import { measurePageScripts } from "./bench/rows/page-scripts.ts";
import { measureCpu, measurePages } from "./bench/rows/pages.ts";
import { measureRates } from "./bench/rows/rates.ts";
import { measureRuns } from "./bench/rows/runs.ts";
import { measureScale, scaleRows } from "./bench/rows/scale.ts";
import { measureRehearsal, measureScoring } from "./bench/rows/shop.ts";
import { measureWorker } from "./bench/rows/sizes.ts";
import { measureTick } from "./bench/rows/tick.ts";
import { benchJob, type Portal, seedPerson, seedPortal, seedRunners, seedSmallPortal } from "./bench/seed.ts";
import { storm, tellStorm } from "./bench/storm.ts";
import { until } from "./bench/until.ts";
import { findChromium } from "./chromium.ts";
import { scriptCtx } from "./ctx.ts";
import { localVariables } from "./local-variables.ts";
import { startServer } from "./server.ts";

/** What the table has, in its order. Named on the command line, only those are measured. */
const rowNames = [
  "overview",
  "overview-cpu",
  "small-overview-cpu",
  "health",
  "oauth-callback",
  "far-oauth-callback",
  "runs-per-second",
  "actions-per-second",
  "action-cpu",
  "tick-rows-read",
  ...scaleRows,
  ...fairnessRows,
  "rate-budget",
  ...modelRows,
  "rehearsal",
  "score-100000-customers-in-d1",
  "worker-gzip",
  "overview-js-gzip",
  "page-js-gzip",
] as const;
type RowName = (typeof rowNames)[number];
/** What is measured at nothing, or on data of its own. */
const ofNoServer: ReadonlySet<RowName> = new Set([
  "worker-gzip",
  "tick-rows-read",
  ...scaleRows,
  ...fairnessRows,
  "rate-budget",
  ...modelRows,
  "rehearsal",
  "score-100000-customers-in-d1",
]);

/** `storm`, `kill` and `kill-actions` leave the table out. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
});
const say = (line: string) => void process.stderr.write(`${line}\n`);

const runners = 600;
/** Actions of one kind, spread over this many clients. */
const acting = { clients: 50, actionsEach: 10, shapes: ["tags"] } as const;
const analytics = "https://www.googleapis.com/auth/analytics.readonly";
/** So much JavaScript a page may load. */
const scriptKib = { "overview-js-gzip": 150, "page-js-gzip": 120 };
const quiet = () => undefined;
/** What the table does not hold, printed above it. */
const notes: string[] = [];

const dir = await mkdtemp(join(tmpdir(), "atrium-bench-"));
const ended: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
try {
  if (positionals.includes("storm")) await measureStorm();
  else if (positionals.includes("kill")) await measureKill();
  else if (positionals.includes("kill-actions")) await measureKillActions();
  else await measureTable();
} finally {
  for (const end of ended.reverse()) await end();
}

/** 500 pieces of work of 50 clients; ends with an error where one connection was lost. */
async function measureStorm(): Promise<void> {
  const figures = await storm({ tenants: 50, work: 500, dataDir: join(dir, "storm"), say });
  process.stdout.write(`${tellStorm(figures)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ storm: figures })}\n`);
  if (figures.successRate < 0.999 || figures.familiesRevoked > 0 || figures.working < figures.connections) {
    throw new Error("the storm took a connection");
  }
}

/** A thousand runs and a Worker that is killed among them; ends with an error where one is missing or had its effect twice. */
async function measureKill(): Promise<void> {
  const figures = await kill({ clients: 1000, replyMs: 100, dataDir: join(dir, "kill") });
  const { runs, running, twice } = figures;
  process.stdout.write(`${runs} runs, ${running} at work when the Worker was killed, ${twice} begun once more\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ kill: { runs, running, twice, harm: killHarm(figures) } })}\n`);
  if (killHarm(figures) > 0) throw new Error("a run is missing, or had its effect twice");
}

/** Five hundred actions and a Worker that is killed three times among them; ends with an error where one had not its effect once. */
async function measureKillActions(): Promise<void> {
  const figures = await killActions({
    ...{ clients: 5, actionsEach: 100, killAt: [0.2, 0.45, 0.7], replyMs: 100, odds: { lost: 3, failed: 5, limited: 2 } },
    ...{ seed: values.seed, dataDir: join(dir, "kill-actions"), say },
  });
  process.stdout.write(`${tellKillActions(figures)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ killActions: { ...figures, harm: killActionsHarm(figures) } })}\n`);
  if (killActionsHarm(figures) > 0) throw new Error("an action had no effect, more than one, or ended with a person");
}

async function measureTable(): Promise<void> {
  const rows = await measureRows(wantedRows());
  rows.sort((a, b) => rowNames.indexOf(a.name as RowName) - rowNames.indexOf(b.name as RowName));
  process.stdout.write(`${[...notes, tableOf(rows)].join("\n")}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
}

/** Those that were named, or all. */
function wantedRows(): ReadonlySet<RowName> {
  const isRow = (name: string): name is RowName => (rowNames as readonly string[]).includes(name);
  const unknown = positionals.find((name) => !isRow(name));
  if (unknown !== undefined)
    throw new Error(`There is no row ${unknown}. There are ${rowNames.join(", ")}; and storm, kill and kill-actions.`);
  return new Set(positionals.length > 0 ? positionals.filter(isRow) : rowNames);
}

async function measureRows(wanted: ReadonlySet<RowName>): Promise<Row[]> {
  const rows: Row[] = [];
  if (wanted.has("worker-gzip")) rows.push(await measureWorker());
  if ([...wanted].some((name) => !ofNoServer.has(name))) rows.push(...(await measureServer(wanted)));
  if (wanted.has("tick-rows-read")) {
    say("Measuring tick-rows-read ...");
    rows.push(await tickRow());
  }
  if (scaleRows.some((name) => wanted.has(name))) {
    say("Measuring a large fleet ...");
    rows.push(...(await measureScale(join(dir, "scale"), say)));
  }
  if (fairnessRows.some((name) => wanted.has(name))) {
    say("Measuring fairness-jain and fairness-wait ...");
    rows.push(...(await measureFairness(say)));
  }
  if (modelRows.some((name) => wanted.has(name))) {
    say("Measuring models ...");
    rows.push(...(await measureModels(say)));
  }
  for (const [name, measure] of [
    ["rate-budget", measureRates],
    ["rehearsal", measureRehearsal],
    ["score-100000-customers-in-d1", measureScoring],
  ] as const) {
    if (!wanted.has(name)) continue;
    say(`Measuring ${name} ...`);
    rows.push(await measure(say));
  }
  return rows;
}

/** What is measured at one server, beside the floor on a copy of its data. */
async function measureServer(wanted: ReadonlySet<RowName>): Promise<Row[]> {
  const rows: Row[] = [];
  const data = join(dir, "ours");
  const origin = "http://localhost:8787";
  const sandbox = await startSandbox({ port: 0, shop: null, generatedOrders: 100, redirectOrigin: origin });
  ended.push(sandbox.stop);
  const client = sandboxClient(sandbox.url, origin);
  await client.control("/control", { limits: false });
  const variables = { ...(await localVariables(data)), APP_ORIGIN: origin, ...sandboxVariables(sandbox.url) };

  say("Seeding ...");
  const { portal, small, staff, tenants, work, acts } = await seedAll(data, variables, {
    sandboxUrl: sandbox.url,
    client,
    runners: wanted.has("runs-per-second") ? runners : 0,
    acting: measuresActions(wanted),
  });
  const pages = {
    overview: { path: `/t/${portal.tenant}`, headers: portal.headers },
    "small-overview": { path: `/t/${small.tenant}`, headers: small.headers },
    health: { path: `/api/health/${portal.tenant}`, headers: portal.headers },
  };
  const recorder = await startRecorder(data, variables);
  const roundTrips: Record<string, RoundTrip[]> = {};
  const callbackRows = wanted.has("oauth-callback") || wanted.has("far-oauth-callback");
  // Before the pages: a client that has connected something is shown more.
  if (callbackRows) roundTrips["oauth-callback"] = await recordCallback({ portal, sandbox: client }, { origin, recorder });
  for (const [name, { path, headers }] of Object.entries(pages))
    roundTrips[name] = await recorder.roundTripsOf(`${origin}${path}`, headers);
  await recorder.stop();
  for (const [name, trips] of Object.entries(roundTrips))
    say(`  ${name} asks D1 ${trips.filter((trip) => "statements" in trip).length} times`);
  await cp(join(data, "d1"), join(dir, "floor", "d1"), { recursive: true });

  const { started: floor, pid: floorPid } = await startProcess(() =>
    startFloor(join(dir, "floor"), { ROUND_TRIPS: roundTrips, EXCHANGE: exchangeAt(sandbox.url), RUN_WORK: work, ACTION_WORK: acts.calls }),
  );
  ended.push(floor.stop);
  const { started: server, pid } = await startProcess(() => startServer({ port: 0, dataDir: data, variables, onLine: quiet }));
  ended.push(server.stop);
  const pairOf = (name: keyof typeof pages) => ({
    ours: { url: `${server.url}${pages[name].path}`, headers: pages[name].headers, pid },
    floor: { url: `${floor.url}/replay/${name}`, pid: floorPid },
    rounds: 5,
  });
  for (const name of ["overview", "health"] as const) {
    if (!wanted.has(name)) continue;
    say(`Measuring ${name} ...`);
    rows.push(await measurePages(name, pairOf(name)));
  }
  for (const page of ["overview", "small-overview"] as const) {
    const name = `${page}-cpu` as const;
    if (!wanted.has(name)) continue;
    if (tellsCpu) {
      say(`Measuring ${name} ...`);
      rows.push(await measureCpu(name, pairOf(page)));
    } else notes.push(`What a request computes is told on Linux alone: ${name} is not measured here.`);
  }
  if (wanted.has("small-overview-cpu")) notes.push("The small overview has 8 tiles and the latest of 10 runs.");
  rows.push(...(await pageScriptRows(wanted, { url: server.url, portal, staff })));
  if (callbackRows) {
    const { DB } = await server.bindings();
    const callback = {
      origin: server.url,
      portal,
      floorUrl: floor.url,
      sandbox: client,
      forgetLimits: async () => void (await DB.prepare("delete from rate_limits").run()),
    };
    for (const [name, measure] of [
      ["oauth-callback", measureCallback],
      ["far-oauth-callback", measureFarCallback],
    ] as const) {
      if (!wanted.has(name)) continue;
      say(`Measuring ${name} ...`);
      rows.push(await measure(callback));
    }
  }
  if (wanted.has("runs-per-second")) {
    say("Measuring runs-per-second ...");
    rows.push(await measureRuns({ server, floor, tenants, rounds: 5 }));
  }
  if (measuresActions(wanted)) {
    say("Measuring actions-per-second and action-cpu ...");
    const both = await measureActions({ server, floor, pids: { ours: pid, floor: floorPid }, ...acts, rounds: 5 });
    rows.push(...both.filter(({ name }) => wanted.has(name as RowName)));
    if (!tellsCpu && wanted.has("action-cpu"))
      notes.push("What an action computes is told on Linux alone: action-cpu is not measured here.");
  }
  return rows;
}

function measuresActions(wanted: ReadonlySet<RowName>): boolean {
  return wanted.has("actions-per-second") || wanted.has("action-cpu");
}

interface People {
  url: string;
  portal: Portal;
  staff: { headers: Record<string, string> };
}

async function pageScriptRows(wanted: ReadonlySet<RowName>, { url, portal, staff }: People): Promise<Row[]> {
  const executablePath = findChromium({ install: true });
  // A cookie that only https may carry is kept for localhost, under that name alone.
  const at = (path: string) => `${url.replace("127.0.0.1", "localhost")}${path}`;
  const { cookie } = portal.headers;
  const base = `/t/${portal.tenant}`;
  const pagesOf = {
    "overview-js-gzip": [{ name: "the overview", url: at(base), cookie }],
    "page-js-gzip": [
      { name: "a provider's page", url: at(`${base}/integrations/klaviyo`), cookie },
      { name: "the runs", url: at(`${base}/runs`), cookie },
      { name: "the agency's page of a client", url: at(`/admin/clients/${portal.tenant}`), cookie: staff.headers.cookie },
      { name: "the sign-in", url: at("/sign-in") },
    ],
  };
  const rows: Row[] = [];
  for (const name of ["overview-js-gzip", "page-js-gzip"] as const) {
    if (!wanted.has(name)) continue;
    if (executablePath) {
      say(`Measuring ${name} ...`);
      rows.push(await measurePageScripts(name, { executablePath, pages: pagesOf[name], atMost: scriptKib[name], say }));
    } else notes.push(`There is no Chromium here: ${name} is not measured.`);
  }
  return rows;
}

/** The tick has a database of its own, made by the first start of the build on it. */
async function tickRow(): Promise<Row> {
  const data = join(dir, "tick");
  const variables = { ...(await localVariables(data)), APP_ORIGIN: "http://localhost:8787" };
  await (await startServer({ port: 0, dataDir: data, variables, onLine: quiet })).stop();
  const recorder = await startRecorder(data, variables);
  try {
    return await measureTick(recorder, say);
  } finally {
    await recorder.stop();
  }
}

interface Seeding {
  sandboxUrl: string;
  client: ReturnType<typeof sandboxClient>;
  /** How many clients to run jobs for; with none, what a run does is not learnt either. */
  runners: number;
  /** Whether there are actions to do. */
  acting: boolean;
}

/** Clients for the pages and for the runs, and what one run does, heard at a listener before the sandbox. */
async function seedAll(data: string, variables: Record<string, string>, { sandboxUrl, client, runners: count, acting: acts }: Seeding) {
  const listener = await startListener(sandboxUrl);
  const heard = { ...variables, PROVIDER_ENDPOINTS: JSON.stringify(sandboxEndpoints(listener.url)) };
  const server = await startServer({ port: 0, dataDir: data, variables: heard, onLine: quiet });
  try {
    const bindings = await server.bindings();
    const ctx = scriptCtx(bindings, variables, "bench");
    const portal = await seedPortal(ctx);
    const small = await seedSmallPortal(ctx);
    const staff = await seedPerson(ctx, { name: "admin", staff: true });
    const seeded = {
      portal,
      small,
      staff,
      acts: acts ? await seedActs(server, ctx, { client, calls: listener.calls }) : { ids: [], turns: [], calls: [] },
    };
    const noWork: RunWork = { calls: [], measurements: [], logs: 0 };
    if (count === 0) return { ...seeded, tenants: [], work: noWork };
    const mint = async (accounts: string[]) => {
      const wanted = accounts.map((account) => ({ provider: "google", account, scopes: [analytics], expiresIn: 86_400 }));
      return (await client.control<{ access_token: string }[]>("/tokens", wanted)).map((token) => token.access_token);
    };
    const tenants = await seedRunners(ctx, count, mint);
    return { ...seeded, tenants, work: await workOfOneRun(server, bindings.DB, tenants[0] ?? "", listener.calls) };
  } finally {
    await server.stop();
    listener.stop();
  }
}

interface Acts {
  ids: string[];
  turns: RunMessage[];
  /** What one of them asks of its provider. */
  calls: RunWork["calls"];
}

/** Actions that were approved once, and what the first of them asked. */
async function seedActs(
  server: Awaited<ReturnType<typeof startServer>>,
  ctx: Ctx,
  { client, calls }: { client: ReturnType<typeof sandboxClient>; calls: RunWork["calls"] },
): Promise<Acts> {
  const seeded = await seedActions(ctx, client, acting);
  const ids = seeded.actions.map(({ id }) => id);
  calls.length = 0;
  await ctx.send.actions(await approveAll(ctx, seeded.actions.slice(0, 1)));
  const { DB } = await server.bindings();
  await until(async () => (await DB.prepare("select tenant_id from turns where at is null").first()) !== null);
  say(`  an action makes ${calls.length} calls`);
  const ofOne = [...calls];
  await approveAll(ctx, seeded.actions.slice(1));
  // Until they are measured the cron finds none of them due.
  await DB.batch([
    DB.prepare("update actions set available_at = 9999999999999 where available_at is not null"),
    DB.prepare("update turns set at = 9999999999999 where queue = 'actions'"),
  ]);
  const turns = [...new Set(seeded.actions.map(({ tenant }) => tenant.id))].map(
    (tenant) => ({ v: 1, type: "turn", tenant, turn: 1 }) as const,
  );
  return { ids, turns, calls: ofOne };
}

async function workOfOneRun(
  server: Awaited<ReturnType<typeof startServer>>,
  db: D1Database,
  tenant: string,
  calls: RunWork["calls"],
): Promise<RunWork> {
  await server.tick(); // settles what a first tick settles, with nothing due
  await db.prepare("update schedules set next_at = 9999999999999").run();
  await db.prepare("update schedules set next_at = 1 where tenant_id = ? and job = ?").bind(tenant, benchJob).run();
  calls.length = 0;
  await server.tick();
  for (let tries = 0; tries < 200; tries++) {
    const run = await db
      .prepare("select status, error_message as why from runs where tenant_id = ? and job = ?")
      .bind(tenant, benchJob)
      .first<{ status: string; why: string }>();
    if (run?.status === "succeeded") break;
    if (run?.status === "failed" || run?.status === "dead" || tries === 199)
      throw new Error(`the run to learn from is ${run?.status}: ${run?.why}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  const read = async <T>(query: string) => (await db.prepare(query).bind(tenant).all<T>()).results;
  const measurements = await read<RunWork["measurements"][number]>(
    "select job, metric, day, dimension, value from measurements where tenant_id = ?",
  );
  const logs = (await read("select seq from run_logs where tenant_id = ?")).length;
  say(`  a run makes ${calls.length} calls and leaves ${measurements.length} measurements and ${logs} lines`);
  return { calls: [...calls], measurements, logs };
}

function exchangeAt(sandboxUrl: string) {
  const { clientId, clientSecret } = sandboxClients.klaviyo;
  return {
    url: sandboxEndpoints(sandboxUrl).klaviyo.token,
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`, "content-type": "application/x-www-form-urlencoded" },
  };
}
