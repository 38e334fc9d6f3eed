import { count, sql } from "drizzle-orm";
import { type Db, openDb } from "#db/client.ts";
import { actionSteps, actions, turns } from "#db/schema/index.ts";
import { sandboxClient } from "#sandbox/client.ts";
import { sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import type { Ctx } from "#server/ctx.ts";
import { enterTenant } from "#server/ctx.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import type { ActionMessage } from "#server/messages.ts";
import { insist } from "./insist.ts";
import { anyKey, type ExpectedEffect, type SeededAction, seedActions } from "./kill-actions-seed.ts";
import { type Killable, startKillable } from "./killable.ts";
import { pages } from "./pages.ts";
import { until } from "./until.ts";

const origin = "http://localhost:8787";
/** How long the sandbox's reads lag behind its writes. */
const settleMs = 1000;
/** What rests so long rests until the time that goes by is shifted: longer than the lag, so that no shift lets a lookup believe too early. */
const restMs = 3 * settleMs;
/** Beyond a lease, the sweep's grace, and any wait for reads to settle. */
const passedMs = 5 * 60_000;

export interface KillActionsOptions {
  clients: number;
  /** A multiple of ten has each shape as often as it is meant. */
  actionsEach: number;
  /** When workerd is killed: at these shares of all effects. */
  killAt: readonly number[];
  /** Of a hundred writes: how many are answered to nobody after they acted, how many fail, how many are limited. */
  odds: { lost: number; failed: number; limited: number };
  /** How long a provider takes for each write, at least; at most three times that. */
  replyMs: number;
  /** What the odds of the weather depend on. */
  seed: string;
  /** Where the D1 keeps its files. */
  dataDir: string;
  say: (line: string) => void;
}

export interface KillActionsFigures {
  /** Actions by kind; a chain counts as its steps' kinds, joined. */
  kinds: Record<string, number>;
  /** How the actions ended. */
  ended: Record<string, number>;
  /** Actions that did not end as done, and why. */
  notDone: { id: string; status: string; why: string | null }[];
  /** Effects that had to happen, and that happened as the providers count; those that are missing, and those that are too many. */
  expected: number;
  effects: number;
  lost: string[];
  tooMany: string[];
  /** Writes that were acted on, by what they did, and those of them that changed something. */
  acted: Record<string, { raw: number; effects: number }>;
  /** At each kill: effects so far, actions that were at work, and steps of which nobody knew whether they were done. */
  kills: { effects: number; executing: number; begun: number }[];
  /** What met the writes. */
  weather: { writes: number; lost: number; failed5xx: number; limited: number };
  /** Actions that were claimed more than once. */
  again: number;
  /** From the first message to the last action's end. */
  seconds: number;
}

/**
 * Approved actions of several kinds are worked off while providers are slow, lose replies after they acted, fail and limit, and workerd is
 * killed again and again; resolves when nothing is due any more. What happened is the sandbox's own count.
 *
 * Waiting is made short by shifting rows, as if minutes went by for what rests: what a live worker holds is left alone, and so is what began so
 * short a time ago that the provider's reads may not show it.
 */
export async function killActions(options: KillActionsOptions): Promise<KillActionsFigures> {
  const { clients, actionsEach, killAt, seed, dataDir, say } = options;
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const sandbox = await startSandbox({ port: 0, redirectOrigin: origin, shop: null, generatedOrders: 200 });
    closing.push(sandbox.stop);
    const client = sandboxClient(sandbox.url, origin);
    const variables = { ...(await localVariables(dataDir)), APP_ORIGIN: origin, ...sandboxVariables(sandbox.url) };
    let server = await startKillable({ dataDir, variables });
    closing.push(() => server.stop());
    const ctx = scriptCtx(await server.bindings(), variables, "kill-actions");
    await client.control("/control", { limits: false });
    const seeded = await seedActions(ctx, client, { clients, actionsEach });
    const messages = await approveAll(ctx, seeded.actions);
    await client.control("/control", { seed, settleMs, faults: weatherOf(options) });

    say(`${seeded.actions.length} actions are approved; ${seeded.expected.length} effects are to happen.`);
    const started = performance.now();
    await ctx.send.actions(messages);
    const kills: KillActionsFigures["kills"] = [];
    for (const share of killAt) {
      const effects = await effectsReach(client, share * seeded.expected.length);
      await server.kill();
      server = await startKillable({ dataDir, variables });
      kills.push({ effects, ...(await afterDeath(server)) });
      say(`Killed with ${effects} effects, ${kills.at(-1)?.executing} actions at work, ${kills.at(-1)?.begun} steps begun.`);
    }
    await untilOver(server);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { DB } = await server.bindings();
    const rows = await insist(() => readRows(openDb(DB), seeded.actions));
    return { ...rows, ...(await readSandbox(client, seeded.expected)), kills, seconds };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** How often an effect is missing or too many, and how many actions ended with a person: none may. */
export const killActionsHarm = ({ lost, tooMany, notDone }: KillActionsFigures): number => lost.length + tooMany.length + notDone.length;

/** Some replies break off and some come as a 502; some limits are longer than a call waits. */
const weatherOf = ({ replyMs, odds: { lost, failed, limited } }: KillActionsOptions) =>
  [
    { effect: { type: "slow", ms: replyMs, toMs: 3 * replyMs } },
    { probability: lost / 200, effect: { type: "reply_lost", how: "502" } },
    { probability: lost / 200, effect: { type: "reply_lost", how: "abort" } },
    { probability: failed / 100, effect: { type: "error", status: 503 } },
    { probability: limited / 200, effect: { type: "rate_limited", retryAfter: 1 } },
    { probability: limited / 200, effect: { type: "rate_limited", retryAfter: 30 } },
  ].map((fault) => ({ writes: true, ...fault }));

/** By the verb, as an owner would; the messages are kept back until all are approved. */
export async function approveAll(ctx: Ctx, all: readonly SeededAction[]): Promise<ActionMessage[]> {
  const messages: ActionMessage[] = [];
  const send = { ...ctx.send, actions: async (some: readonly ActionMessage[]) => void messages.push(...some) };
  for (const some of pages(all, 10)) {
    await insist(async () => ctx.directory.run(sql`select 1`));
    await Promise.all(
      some.map(({ tenant, id, hash }) => approveAction(enterTenant({ ...ctx, send }, tenant, "owner"), { actionId: id, hash })),
    );
  }
  return messages;
}

type Sandbox = ReturnType<typeof sandboxClient>;
interface Effects {
  raw: number;
  effects: number;
  items: ExpectedEffect[];
}

async function effectsReach(sandbox: Sandbox, wanted: number): Promise<number> {
  let effects = 0;
  await until(async () => {
    ({ effects } = await sandbox.control<Effects>("/effects"));
    return effects >= wanted;
  }, 50);
  return effects;
}

/** What a worker left that was killed; then its leases have ended and its messages are overdue, and the cron finds them. */
async function afterDeath(server: Killable): Promise<{ executing: number; begun: number }> {
  const db = openDb((await server.bindings()).DB);
  const [[executing], [begun]] = await insist(() =>
    db.batch([
      db.select({ number: count() }).from(actions).where(sql`${actions.status} = 'executing'`),
      db.select({ number: count() }).from(actionSteps).where(sql`${actionSteps.status} = 'begun'`),
    ]),
  );
  await new Promise((resolve) => setTimeout(resolve, restMs));
  await shift(db, sql`1`);
  await insist(server.tick);
  return { executing: executing?.number ?? 0, begun: begun?.number ?? 0 };
}

/** Minutes go by for these actions and what they began. */
const shift = (db: Db, which: ReturnType<typeof sql>) =>
  insist(() =>
    db.batch([
      db
        .update(actionSteps)
        .set({ begunAt: sql`${actionSteps.begunAt} - ${passedMs}` })
        .where(sql`${actionSteps.status} = 'begun'
        and ${actionSteps.actionId} in (select ${actions.id} from ${actions} where ${actions.availableAt} is not null and ${which})`),
      db
        .update(actions)
        .set({ availableAt: sql`${actions.availableAt} - ${passedMs}` })
        .where(sql`${actions.availableAt} is not null and ${which}`),
      db.update(turns).set({ at: sql`${turns.at} - ${passedMs}` }),
    ]),
  );

/** Lets time go by for what rests, until nothing is due. */
async function untilOver(server: Killable): Promise<void> {
  const db = openDb((await server.bindings()).DB);
  await until(async () => {
    const [due] = await db.select({ number: count() }).from(actions).where(sql`${actions.availableAt} is not null`);
    if (due?.number === 0) return true;
    const now = Date.now();
    await shift(
      db,
      sql`${actions.lease} is null and ${actions.availableAt} > ${now} and not exists (select 1 from ${actionSteps} s
        where s.action_id = ${actions.id} and s.status = 'begun' and s.begun_at > ${now - restMs})`,
    );
    await server.tick();
    return false;
  }, 2000);
}

async function readRows(
  db: Db,
  seeded: readonly SeededAction[],
): Promise<Pick<KillActionsFigures, "kinds" | "ended" | "notDone" | "again">> {
  const rows = await db
    .select({ id: actions.id, status: actions.status, why: sql<string | null>`coalesce(${actions.failureMessage}, ${actions.reason})` })
    .from(actions);
  const [again] = await db.select({ number: count() }).from(actions).where(sql`${actions.attempt} > 1`);
  return {
    kinds: tally(seeded.map(({ kinds }) => kinds.join(" + "))),
    ended: tally(rows.map(({ status }) => status)),
    notDone: rows.filter(({ status }) => status !== "done"),
    again: again?.number ?? 0,
  };
}

async function readSandbox(sandbox: Sandbox, expected: readonly ExpectedEffect[]) {
  const { effects, items } = await sandbox.control<Effects>("/effects");
  const nameOf = ({ kind, account, key }: ExpectedEffect) => `${kind} ${account} ${kind === "profiles_imported" ? anyKey : key}`;
  const [wanted, found] = [expected, items].map((all) => tally(all.map(nameOf))) as [Record<string, number>, Record<string, number>];
  const acted: KillActionsFigures["acted"] = {};
  for (const kind of new Set(expected.map((each) => each.kind))) {
    const of = await sandbox.control<Effects>(`/effects?kind=${kind}`);
    acted[kind] = { raw: of.raw, effects: of.effects };
  }
  const { strikes } = await sandbox.control<{ strikes: { api?: Record<string, number> } }>("/calls");
  const struck = (effect: string) => strikes.api?.[effect] ?? 0;
  return {
    expected: expected.length,
    effects,
    lost: Object.keys(wanted).filter((name) => (found[name] ?? 0) < (wanted[name] ?? 0)),
    tooMany: Object.keys(found).filter((name) => (found[name] ?? 0) > (wanted[name] ?? 0)),
    acted,
    weather: { writes: struck("slow"), lost: struck("reply_lost"), failed5xx: struck("error"), limited: struck("rate_limited") },
  };
}

const tally = (names: readonly string[]): Record<string, number> => {
  const counted: Record<string, number> = {};
  for (const name of names) counted[name] = (counted[name] ?? 0) + 1;
  return counted;
};

/** The figures as lines, for people. */
export const tellKillActions = (figures: KillActionsFigures): string =>
  [
    ...Object.entries(figures.kinds).map(([kind, number]) => `${kind}: ${number} actions`),
    ...figures.kills.map(
      ({ effects, executing, begun }) => `killed with ${effects} effects, ${executing} actions at work, ${begun} steps that had begun`,
    ),
    `writes: ${figures.weather.writes}, of them ${figures.weather.lost} answered to nobody, ${figures.weather.failed5xx} answered 5xx, ${figures.weather.limited} limited`,
    ...Object.entries(figures.acted).map(([kind, { raw, effects }]) => `${kind}: acted on ${raw} times, ${effects} effects`),
    `effects: ${figures.effects} of ${figures.expected}; missing ${figures.lost.length}, too many ${figures.tooMany.length}`,
    `ended: ${JSON.stringify(figures.ended)}; claimed more than once: ${figures.again}`,
    ...figures.notDone.slice(0, 20).map(({ id, status, why }) => `${id} is ${status}${why === null ? "" : `: ${why}`}`),
    ...[...figures.lost.map((name) => `missing: ${name}`), ...figures.tooMany.map((name) => `too many: ${name}`)].slice(0, 20),
    `seconds: ${figures.seconds}`,
  ]
    .map((line) => `  ${line}`)
    .join("\n");
