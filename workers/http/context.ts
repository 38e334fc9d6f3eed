import { createMiddleware } from "hono/factory";
import { openDb } from "#db/client.ts";
import { authenticate, sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import { databasesOf } from "#server/env.ts";
import { browserCookies, requestCtx } from "#workers/context.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/** Builds the request's context: who asks, and what a verb may touch. Sets the cookies that the verbs asked for. */
export const requestContext = createMiddleware<HttpEnv>(async (c, next) => {
  const { cookies, lines } = browserCookies(c.req.header("cookie") ?? null);
  const token = cookies.get(sessionCookie);
  const { actor, renewed } = await authenticate(openDb(databasesOf(c.env).DB), token, Date.now());
  if (token && renewed) cookies.set(sessionCookie, token, sessionLifetimeMs / 1000);
  const request = {
    id: c.get("requestId"),
    // Cloudflare sets it and drops what the client sent under this name; no other header of an address can be believed.
    ip: c.req.header("cf-connecting-ip") ?? "127.0.0.1",
    userAgent: c.req.header("user-agent") ?? "",
  };
  c.set("ctx", requestCtx(c.env, { request, actor, cookies }));
  await next();
  for (const line of lines) c.res.headers.append("set-cookie", line);
});
