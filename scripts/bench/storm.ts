import { count, eq, inArray, sql } from "drizzle-orm";
import { type Db, openDb } from "#db/client.ts";
import { connections, renewals, runs, turns } from "#db/schema/index.ts";
import { sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import type { Server } from "#scripts/server.ts";
import { insist } from "./insist.ts";
import { startKillable } from "./killable.ts";
import { type StormConnection, seedStorm } from "./storm-seed.ts";

const origin = "http://localhost:8787";
const minuteMs = 60_000;

export interface StormOptions {
  tenants: number;
  /** Pieces of work that find their token expired: runs of all jobs, and calls that people make over HTTP. */
  work: number;
  /** Where the D1 keeps its files. */
  dataDir: string;
  say: (line: string) => void;
}

export interface StormFigures {
  connections: number;
  runs: number;
  calls: number;
  /** Requests to the token endpoints, and what became of them. */
  asked: number;
  lost: number;
  failed5xx: number;
  refused: number;
  /** Of all connections: those whose tokens were renewed and kept. */
  renewedOnce: number;
  renewedOftener: number;
  /** New tokens that the providers gave out beyond those that we kept: in replies that were lost, or that the killed Worker never read. */
  rotatedBeyond: number;
  familiesRevoked: number;
  working: number;
  /** Renewed when the Worker was killed. */
  killedAt: number;
  successRate: number;
  seconds: number;
}

/**
 * All access tokens of all clients end in the same second, and everything wants them at once: the cron, the runs of every job,
 * people's calls. The providers are slow, lose replies after they have rotated, fail, and end a family on reuse; the Worker is
 * killed in the middle and started again.
 *
 * What is lost after rotating must be recoverable, or no client of that provider could keep its word: replies are lost at Shopify
 * (which repeats them until the replacement is used, and ends the family after that) and Google (which does not rotate). Klaviyo
 * ends a family on any reuse. A reply of it that is lost, or that dies with the Worker, is recovered by nobody, so its token
 * endpoint is down until the Worker is back, and then slow and failing like the others, but loses nothing.
 */
export async function storm({ tenants, work, dataDir, say }: StormOptions): Promise<StormFigures> {
  const started = performance.now();
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const sandbox = await startSandbox({ port: 0, redirectOrigin: origin, shop: null, generatedOrders: 10 });
    closing.push(sandbox.stop);
    const weather = weatherAt(sandbox.url, tenants);
    const variables = { ...(await localVariables(dataDir)), APP_ORIGIN: origin, ...sandboxVariables(sandbox.url) };
    const first = await startKillable({ dataDir, variables });
    const ctx = scriptCtx(await first.bindings(), variables, "storm");
    const endedAt = Date.now();
    const seeded = await seedStorm(ctx, { count: tenants, endedAt, mint: (wanted) => weather.ask("/tokens", wanted) });
    await weather.begin();

    const jobs = await planJobs(first, tenants);
    const calls = callsOf(seeded.connections, Math.max(tenants, work - jobs));
    say(`The storm begins: ${seeded.connections.length} connections, ${jobs} runs, ${calls.length} calls.`);
    // While much goes on, the server is asked over its socket alone. What Miniflare answers about its bindings holds this whole
    // process up until it is there, and the Worker too, once nobody reads what it prints.
    const ticking = first.tick().catch(() => undefined); // it dies with the Worker
    const unanswered = callAll(first.url, seeded.cookies, calls);
    await weather.half(seeded.connections);
    await Promise.all([ticking, first.kill()]);
    let left = await unanswered;

    const second = await startKillable({ dataDir, variables });
    closing.push(second.stop);
    const killedAt = await renewedSoFar(second);
    say(`Killed with ${killedAt} renewed; ${left.length} calls had no answer yet.`);
    await weather.turn();
    await passTime(second, { leases: true });
    await untilDone(second, async () => {
      left = await callAll(second.url, seeded.cookies, left);
      return left.length === 0;
    });
    const failing = await callAll(second.url, seeded.cookies, seeded.connections);
    const figures = await read(second, seeded.connections);
    const seen = await weather.seen(seeded.connections);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return {
      ...figures,
      ...seen,
      calls: calls.length,
      connections: seeded.connections.length,
      rotatedBeyond: seen.rotated - seeded.connections.length,
      working: seeded.connections.length - failing.length,
      killedAt,
      successRate: figures.renewedOnce / seeded.connections.length,
      seconds,
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/**
 * How the providers misbehave, and what they saw. Counts and not odds, so that a small storm has its share of each as well; of the
 * requests of the killed Worker some are counted by nobody.
 */
function weatherAt(sandbox: string, tenants: number) {
  const ask = async <T>(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> => {
    const answer = await fetch(`${sandbox}/__sandbox${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const share = (ratio: number) => Math.ceil(tenants * ratio);
  const token = { kind: "token" } as const;
  const slow = { kind: "token", effect: { type: "slow", ms: 300, toMs: 1500 } } as const;
  const down = (provider: string, counted: number) => ({ ...token, provider, count: counted, effect: { type: "error", status: 503 } });
  const losing = (provider: string, counted: number) => ({
    ...token,
    provider,
    count: counted,
    effect: { type: "reply_lost", how: "502" },
  });
  const order = (faults: readonly unknown[]) => ask("/control", { limits: false, faults });
  const counted: Counted[] = [];
  return {
    ask,
    begin: () =>
      order([
        slow,
        losing("shopify", share(0.04)),
        losing("google", share(0.04)),
        down("shopify", share(0.05)),
        down("google", share(0.05)),
        { kind: "token", provider: "klaviyo", effect: { type: "error", status: 503 } },
      ]),
    /** Waits until half of those that can be renewed have new tokens at their provider. */
    async half(all: readonly StormConnection[]): Promise<void> {
      const open = all.filter(({ provider }) => provider !== "klaviyo").length;
      for (const end = Date.now() + minuteMs; Date.now() < end; await sleep(50)) {
        const { refreshes } = await ask<Counted>("/calls");
        if (Object.values(refreshes).filter(({ rotated }) => rotated > 0).length >= open / 2) {
          // Now some of the replies have come, and some are on their way.
          return sleep(900);
        }
      }
      throw new Error("half of the tokens were not renewed within a minute");
    },
    /** Klaviyo is back. */
    async turn() {
      counted.push(await ask<Counted>("/calls"));
      await ask("/control", undefined, "DELETE");
      await order([
        slow,
        losing("shopify", share(0.04)),
        losing("google", share(0.02)),
        down("shopify", share(0.02)),
        down("klaviyo", share(0.05)),
      ]);
    },
    async seen(of: readonly StormConnection[]) {
      counted.push(await ask<Counted>("/calls"));
      const grants = await ask<{ id: string; revoked: boolean }[]>("/grants");
      const tokens = counted.flatMap(({ calls }) => calls).filter(({ path }) => /\/(oauth\/)?(token|access_token)$/.test(path));
      const struck = (effect: string) => counted.reduce((sum, { strikes }) => sum + (strikes.token?.[effect] ?? 0), 0);
      const families = counted.flatMap(({ refreshes }) => Object.values(refreshes));
      const ours = new Set(of.map(({ grantId }) => grantId));
      return {
        asked: tokens.reduce((sum, call) => sum + call.count, 0),
        lost: struck("reply_lost"),
        failed5xx: struck("error"),
        rotated: families.reduce((sum, family) => sum + family.rotated, 0),
        refused: families.reduce((sum, family) => sum + family.refused, 0),
        familiesRevoked: grants.filter(({ id, revoked }) => revoked && ours.has(id)).length,
      };
    },
  };
}

interface Counted {
  calls: { path: string; count: number }[];
  refreshes: Record<string, { rotated: number; refused: number }>;
  strikes: Record<string, Record<string, number>>;
}

/** Gives every client its schedules; how many runs the next tick makes of them. The cron takes a hundred clients a tick. */
async function planJobs(server: Server, tenants: number): Promise<number> {
  const { DB } = await server.bindings();
  const held = "update connections set status = 'disconnected'";
  await DB.prepare(held).run();
  for (let aligned = 0; aligned < tenants; aligned += 100) await server.tick();
  await DB.prepare("update connections set status = 'active', renew_at = access_expires_at").run();
  const { meta } = await DB.prepare(
    "update schedules set next_at = 1, blocked = null where enabled = 1 and blocked in ('not_connected', 'reconnect_needed')",
  ).run();
  return meta.changes;
}

/** Calls that people make, spread over all connections. */
const callsOf = (all: readonly StormConnection[], wanted: number): StormConnection[] =>
  Array.from({ length: wanted }, (_, at) => all[at % all.length] as StormConnection);

/** "Check now" on each of these at once, by all of these people in turn; answers those that did not come back well. */
async function callAll(url: string, cookies: readonly string[], calls: readonly StormConnection[]): Promise<StormConnection[]> {
  const answers = await Promise.all(
    calls.map(async ({ tenant, id }, at) => {
      try {
        const answer = await fetch(`${url}/api/trpc/connections.probe`, {
          method: "POST",
          headers: { "content-type": "application/json", origin, cookie: cookies[at % cookies.length] ?? "" },
          body: JSON.stringify({ tenant, connectionId: id }),
        });
        return ((await answer.json()) as { result?: { data: { result: string } } }).result?.data.result === "ok";
      } catch {
        return false; // the Worker is dead
      }
    }),
  );
  return calls.filter((_, at) => !answers[at]);
}

async function renewedSoFar(server: Server): Promise<number> {
  const db = await awake(server);
  const [row] = await db.select({ renewed: count() }).from(connections).where(sql`${connections.version} > 1`);
  return row?.renewed ?? 0;
}

/** Three minutes go by: what waits is due, what was sent is overdue. Leases end only where nobody is at work. */
async function passTime(server: Server, { leases }: { leases: boolean }): Promise<void> {
  const db = await awake(server);
  const ms = 3 * minuteMs;
  await db.batch([
    db.update(connections).set({
      coolUntil: sql`${connections.coolUntil} - ${ms}`,
      // What is renewed stays so.
      renewAt: sql`iif(${connections.version} = 1, ${connections.renewAt} - ${2 * ms}, ${connections.renewAt})`,
      ...(leases && { leaseUntil: sql`${connections.leaseUntil} - ${ms}` }),
    }),
    db
      .update(runs)
      .set({ availableAt: sql`${runs.availableAt} - ${ms}` })
      .where(inArray(runs.status, leases ? ["queued", "running"] : ["queued"])),
    db.update(turns).set({ at: sql`${turns.at} - ${ms}` }),
  ]);
  await insist(server.tick);
}

/** Lets time pass until every token is renewed, every run is done, and `calledWell`. */
async function untilDone(server: Server, calledWell: () => Promise<boolean>): Promise<void> {
  let left = "";
  for (const end = Date.now() + 3 * minuteMs; Date.now() < end; await passTime(server, { leases: false })) {
    await sleep(1000);
    const called = await calledWell();
    const db = await awake(server);
    const statuses = await db
      .select({ status: runs.status, why: runs.errorMessage, number: count() })
      .from(runs)
      .groupBy(runs.status, runs.errorMessage);
    const bad = statuses.find(({ status }) => status === "failed" || status === "dead");
    if (bad) throw new Error(`${bad.number} runs ended ${bad.status}: ${bad.why}`);
    const [old] = await db.select({ number: count() }).from(connections).where(eq(connections.version, 1));
    const open = statuses.filter(({ status }) => status !== "succeeded");
    if (called && open.length === 0 && old?.number === 0) return;
    left = JSON.stringify({ called, open, notRenewed: old?.number });
  }
  throw new Error(`the storm did not end: ${left}`);
}

async function read(server: Server, all: readonly StormConnection[]) {
  const db = await awake(server);
  const kept = await db
    .select({ connection: renewals.connectionId, times: count() })
    .from(renewals)
    .where(eq(renewals.outcome, "renewed"))
    .groupBy(renewals.connectionId);
  const active = await db.select({ id: connections.id }).from(connections).where(eq(connections.status, "active"));
  const [done] = await db.select({ runs: count() }).from(runs).where(eq(runs.status, "succeeded"));
  const timesOf = ({ id }: StormConnection) =>
    active.some((row) => row.id === id) ? (kept.find(({ connection }) => connection === id)?.times ?? 0) : 0;
  return {
    renewedOnce: all.filter((connection) => timesOf(connection) === 1).length,
    renewedOftener: all.filter((connection) => timesOf(connection) > 1).length,
    runs: done?.runs ?? 0,
  };
}

/** The server's D1. */
async function awake(server: Server): Promise<Db> {
  const { DB } = await server.bindings();
  await insist(() => DB.prepare("select 1").first());
  return openDb(DB);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The figures as lines, for people. */
export const tellStorm = (figures: StormFigures): string =>
  Object.entries({
    "connections, all expired in the same second": figures.connections,
    "runs that found them so": figures.runs,
    "calls that found them so": figures.calls,
    "requests to the token endpoints": figures.asked,
    "of them lost after the effect": figures.lost,
    "of them answered 5xx": figures.failed5xx,
    "of them refused": figures.refused,
    "renewed when the Worker was killed": figures.killedAt,
    "renewed once and kept": figures.renewedOnce,
    "renewed more than once": figures.renewedOftener,
    "tokens given out beyond those (lost, or killed on their way)": figures.rotatedBeyond,
    "families revoked": figures.familiesRevoked,
    "connections that work at the end": figures.working,
    "renewal success": `${(figures.successRate * 100).toFixed(2)} %`,
    seconds: figures.seconds,
  })
    .map(([what, figure]) => `  ${what}: ${figure}`)
    .join("\n");
