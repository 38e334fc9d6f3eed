import { connect } from "cloudflare:sockets";
import { parseCookies, serializeCookie } from "oslo/cookie";
import { openDb } from "#db/client.ts";
import type { Actor, Cookies, Ctx, Send } from "#server/ctx.ts";
import { databasesOf, type Env, readConfig } from "#server/env.ts";
import { newId } from "#server/ids.ts";
import { createLog } from "#server/log.ts";

const maxMessagesPerSend = 100;

const sendVia = (env: Env): Send => ({
  async runs(messages, delayS = 0) {
    for (let start = 0; start < messages.length; start += maxMessagesPerSend) {
      const page = messages.slice(start, start + maxMessagesPerSend);
      await env.RUNS.sendBatch(page.map((body) => ({ body, delaySeconds: delayS })));
    }
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

/** The context of a job of ours: everything is allowed to it that the engine needs, and it has no person behind it. */
export function jobCtx(env: Env, job: string): Ctx {
  return buildCtx(env, { id: newId("req", Date.now()), ip: null, userAgent: "" }, { type: "system", job }, noCookies);
}

export function buildCtx(env: Env, request: Ctx["request"], actor: Actor, cookies: Cookies): Ctx {
  const databases = databasesOf(env);
  return {
    config: readConfig(env),
    actor,
    request,
    directory: openDb(databases.DB),
    databases,
    cookies,
    now: Date.now,
    fetch: (input, init) => fetch(input, init),
    connect,
    send: sendVia(env),
    log: createLog({ request: request.id }),
  };
}

/** Cookies of one request; `lines` are the Set-Cookie headers of its answer. */
export function browserCookies(header: string | null): { cookies: Cookies; lines: string[] } {
  const sent = parseCookies(header ?? "");
  const lines: string[] = [];
  return {
    lines,
    cookies: {
      get: (name) => sent.get(name),
      set: (name, value, maxAgeS) => {
        sent.set(name, value);
        lines.push(serializeCookie(name, value, { httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAge: maxAgeS }));
      },
    },
  };
}
