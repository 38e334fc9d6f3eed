import { createMiddleware } from "hono/factory";
import { forbidden } from "#server/errors.ts";
import { doorOf } from "#workers/doors.ts";
import type { HttpEnv } from "#workers/http-env.ts";

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what changes something and comes from another site's page (CSRF). With cookies, the request must say that it
 * comes from us; without any, it must not say that it comes from elsewhere (else a stranger's page could sign a person
 * in as somebody else).
 */
export const sameOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  if (!reading.has(c.req.method) && doorOf(c.req.path).senders === "ours") {
    const from = senderOf(c.req.raw, String(c.env.APP_ORIGIN));
    if (from === "elsewhere" || (from === "unknown" && c.req.header("cookie") !== undefined)) {
      throw forbidden("other_site");
    }
  }
  await next();
});

/**
 * Which page sent a request, as the browser tells it. `Origin` counts first; it is "null" where the browser hides it,
 * and then `Sec-Fetch-Site` counts, which no page can set.
 */
function senderOf(request: Request, appOrigin: string): "us" | "elsewhere" | "unknown" {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== "null") return origin === appOrigin || origin === new URL(request.url).origin ? "us" : "elsewhere";
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none" ? "us" : "elsewhere";
  return origin === "null" ? "elsewhere" : "unknown";
}
