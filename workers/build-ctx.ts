import { openDb } from "#db/client.ts";
import type { Cookies, Ctx, Send } from "#server/ctx.ts";
import { pause } from "#server/domain/wire/pause.ts";
import { databasesOf, type Env, readConfig } from "#server/env.ts";
import { newId } from "#server/ids.ts";
import { createLog } from "#server/log.ts";
import type { TaskMessage } from "#server/messages.ts";
import { createRateLeases, type RatedAccount, type RateKeeper } from "#server/rate-leases.ts";
import { createSlots } from "#server/slots.ts";

const maxMessagesPerSend = 100;
/** A queue holds a message back for a day at most, and refuses what is to wait longer (developers.cloudflare.com, Queues / Limits). */
const maxDelayS = 86_400;

/**
 * Sends messages in as few batches as a queue takes them. One that is to wait longer than a queue may comes too early: whoever works it off
 * sees by its row that nothing is due, and the sweep sends it again.
 */
export async function sendPages<M>(queue: Queue<M>, messages: readonly M[], delayS = 0): Promise<void> {
  const delaySeconds = Math.min(delayS, maxDelayS);
  for (let start = 0; start < messages.length; start += maxMessagesPerSend) {
    await queue.sendBatch(messages.slice(start, start + maxMessagesPerSend).map((body) => ({ body, delaySeconds })));
  }
}

const sendVia = (env: Env): Send => ({
  runs: (messages, delayS) => sendPages(env.RUNS, messages, delayS),
  actions: (messages, delayS) => sendPages(env.ACTIONS, messages, delayS),
  tokens: (messages) => sendPages(env.TOKENS, messages),
  tasks: async (messages) => {
    // Exports are long and have a queue of their own.
    const isExport = ({ type }: TaskMessage) => type === "export";
    await sendPages(env.EXPORTS, messages.filter(isExport));
    await sendPages(
      env.TASKS,
      messages.filter((message) => !isExport(message)),
    );
  },
  mail: async (message) => void (await env.MAIL.send(message)),
  dead: async (message) => void (await env.DEAD.send(message)),
});

const noCookies: Cookies = {
  get: () => undefined,
  set: () => {
    throw new Error("A job has no browser to give a cookie to.");
  },
};

/** What only the runtime has, and a script outside of it has not. */
export interface Platform {
  env: Env;
  connect: Ctx["connect"];
}

/** The accounts' budgets, each in an object of its own. */
function keeperOf({ RATES }: Env): RateKeeper {
  const of = ({ provider, externalId }: RatedAccount) => {
    if (!RATES) throw new Error("no rates are bound");
    // Only what the class itself has, which `workers/rate-keeper.ts` checks against the same interface.
    return RATES.get(RATES.idFromName(`${provider}:${externalId}`)) as unknown as RateKeeper;
  };
  return {
    take: async (account, ask) => of(account).take(account, ask),
    fail: async (account, failed) => of(account).fail(account, failed),
    well: async (account, service) => of(account).well(account, service),
  };
}

/** The one function that builds a context, for a page, a call, a message and a script alike. */
export function buildCtx({ env, connect }: Platform, { request, actor, cookies }: Pick<Ctx, "request" | "actor" | "cookies">): Ctx {
  const databases = databasesOf(env);
  const log = createLog({ request: request.id });
  const away = (error: unknown) => {
    // A script has none, and is alone anyway.
    if (env.RATES) log.warn("the keeper of rates is away", { error });
  };
  return {
    config: readConfig(env),
    actor,
    request,
    directory: openDb(databases.DB),
    databases,
    cookies,
    now: Date.now,
    fetch: (input, init) => fetch(input, init),
    slots: createSlots(),
    rates: createRateLeases(keeperOf(env), { now: Date.now, pause, away }),
    connect,
    send: sendVia(env),
    log,
  };
}

/** The context of a job of ours: everything is allowed to it that the engine needs, and it has no person behind it. */
export const buildJobCtx = (platform: Platform, job: string): Ctx =>
  buildCtx(platform, {
    request: { id: newId("req", Date.now()), ip: null, userAgent: "" },
    actor: { type: "system", job },
    cookies: noCookies,
  });
