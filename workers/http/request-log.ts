import { createMiddleware } from "hono/factory";
import { newId } from "#server/ids.ts";
import { createLog } from "#server/log.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/** Gives the request its id, answers it as `x-request-id`, and writes one line when the answer begins. */
export const requestLog = createMiddleware<HttpEnv>(async (c, next) => {
  const start = Date.now();
  const requestId = newId("req", start);
  c.set("requestId", requestId);
  await next();
  c.res.headers.set("x-request-id", requestId);
  const actor = c.get("ctx")?.actor;
  createLog({ request: requestId }).info("request", {
    method: c.req.method,
    path: maskPath(c.req.path),
    status: c.res.status,
    ms: Date.now() - start,
    user: actor?.type === "user" ? actor.userId : null,
  });
});

/**
 * A path as it may be written down: without its query, and without the tokens that links carry. They are 43 characters
 * long (256 bits in base64url), longer than any id or slug.
 */
export const maskPath = (path: string): string =>
  path
    .replace(/\?.*$/s, "")
    .replace(/(\/(?:sign-in\/link|invitation)\/)[^/]+/g, "$1[token]")
    .replace(/[\w-]{43,}/g, "[token]");
