import { connect } from "cloudflare:sockets";
import { parse, serialize } from "hono/utils/cookie";
import type { Cookies, Ctx } from "#server/ctx.ts";
import type { Env } from "#server/env.ts";
import { buildCtx, buildJobCtx } from "./build-ctx.ts";

export const jobCtx = (env: Env, job: string): Ctx => buildJobCtx({ env, connect }, job);

export const requestCtx = (env: Env, parts: Pick<Ctx, "request" | "actor" | "cookies">): Ctx => buildCtx({ env, connect }, parts);

/**
 * Cookies of one request; `lines` are the Set-Cookie headers of its answer. Hono's parser takes a stray percent sign as it is: any site
 * of the same domain could lock a person out with a cookie like that.
 */
export function browserCookies(header: string | null): { cookies: Cookies; lines: string[] } {
  const sent = new Map(Object.entries(parse(header ?? "")));
  const lines: string[] = [];
  return {
    lines,
    cookies: {
      get: (name) => sent.get(name),
      set: (name, value, maxAgeS) => {
        sent.set(name, value);
        lines.push(serialize(name, value, { httpOnly: true, secure: true, sameSite: "Lax", path: "/", maxAge: maxAgeS }));
      },
    },
  };
}
