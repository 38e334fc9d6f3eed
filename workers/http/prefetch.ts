import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "#workers/http-env.ts";

/** What browsers say of a request that nobody made yet: https://fetch.spec.whatwg.org/#sec-purpose-header, and its older kin. */
export const isPrefetch = (headers: Headers): boolean =>
  ["sec-purpose", "purpose", "x-purpose", "x-moz"].some((name) => /\b(prefetch|prerender|preview)\b/i.test(headers.get(name) ?? ""));

/**
 * Keeps a GET that does something from being done ahead of the person. The answer is a failure that nothing keeps, so that the browser
 * asks anew when somebody really goes there.
 */
export const notAhead = createMiddleware<HttpEnv>(async (c, next) => {
  if (isPrefetch(c.req.raw.headers)) return c.body(null, 503, { "cache-control": "no-store" });
  await next();
});
