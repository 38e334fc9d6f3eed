import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { sayError } from "#app/i18n/error-words.ts";
import { directionOf, type Locale } from "#app/i18n/locale.ts";
import { setFlash } from "#server/flash.ts";
import { createLog } from "#server/log.ts";
import { describeError, httpStatusOf, type OutwardError, type Told, trpcErrorOf, trpcShape } from "#server/trpc/errors.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { inEnglish } from "#workers/in-english.ts";
import { localeOf } from "./locale-of.ts";
import { readerOf } from "./reader-of.ts";
import { maskPath } from "./request-log.ts";

/** The body of every failed answer that is JSON. */
export interface FailureBody {
  error: Told & { requestId: string };
}

/** An error for a client of tRPC: one shape for all the calls of the request, as tRPC itself answers what it could not begin. */
function trpcFailure(c: Context<HttpEnv>, error: unknown): Response {
  const path = c.req.path.slice("/api/trpc/".length);
  const shape = trpcShape(trpcErrorOf(error), {
    path: path.includes(",") ? undefined : path,
    requestId: c.get("requestId"),
    tell: inEnglish,
  });
  return c.json({ error: shape }, httpStatusOf(error) as ContentfulStatusCode);
}

/** An error as JSON, with its status. */
function jsonFailure(c: Context<HttpEnv>, error: unknown): Response {
  const body: FailureBody = { error: { ...inEnglish(describeError(error)), requestId: c.get("requestId") } };
  return c.json(body, httpStatusOf(error) as ContentfulStatusCode);
}

/** Addresses below /api to which browsers are sent: what fails there is told to them as a page. */
const visited = /^\/api\/(auth\/oauth\/[^/]+\/(authorize|callback)|integrations\/[^/]+\/oauth\/(start|callback))$/;

/** Whether it is shown as a page there. Who does not say what it is sees one too, but for a 429: browsers say it, and go to a page then. */
function isShown(c: Context<HttpEnv>, status: number): boolean {
  const reader = readerOf(c.req.raw);
  return reader === "browser" || (reader === null && status !== 429);
}

/** Whatever was thrown on the way: logged where nobody expected it, told in the shape that the asker reads. */
export function onError(error: Error, c: Context<HttpEnv>): Response | Promise<Response> {
  const status = httpStatusOf(error);
  if (status >= 500) {
    createLog({ request: c.get("requestId") }).error("request failed", {
      method: c.req.method,
      path: maskPath(c.req.path),
      error,
    });
  }
  const described = describeError(error);
  if (described.retryAfterS !== null) c.header("retry-after", String(described.retryAfterS));
  if (/^\/api\/trpc(\/|$)/.test(c.req.path)) return trpcFailure(c, error);
  const isForPrograms = c.req.path.startsWith("/api/") ? !(visited.test(c.req.path) && isShown(c, status)) : c.req.path === "/healthz";
  if (isForPrograms) return jsonFailure(c, error);
  // The code and the state of a consent stay in no address, whatever became of it.
  if (c.req.path.endsWith("/callback") && status >= 500 && c.req.method === "GET") {
    const ctx: HttpEnv["Variables"]["ctx"] | undefined = c.get("ctx");
    if (ctx) setFlash(ctx, { kind: "error", message: `${sayError(readersLocale(c), described)} (${c.get("requestId")})` });
    c.header("cache-control", "no-store");
    c.header("referrer-policy", "no-referrer");
    return c.redirect("/", 303);
  }
  return failurePage(c, status, described);
}

/** The page for when the portal itself could not make one, in the reader's language. */
async function failurePage(c: Context<HttpEnv>, status: number, described: OutwardError): Promise<Response> {
  // Only now: the words of all pages are of use to pages alone.
  const { wordsIn } = await import("#app/i18n/translator.server.ts");
  const locale = readersLocale(c);
  const t = wordsIn(locale);
  const again = status >= 500 ? html`<p>${t("common:errors.serverBody")}</p>` : "";
  const page = html`<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="dark light"><title>${status}</title></head>
<body><main><h1>${sayError(locale, described)}</h1>${again}<p>${t("common:errors.requestId")}: <code>${c.get("requestId")}</code></p><p><a href="/">${t("common:actions.home")}</a></p></main></body></html>`;
  return c.html(page, status as ContentfulStatusCode);
}

/** What fails early has no context yet: nobody knows who asks. */
function readersLocale(c: Context<HttpEnv>): Locale {
  const ctx: HttpEnv["Variables"]["ctx"] | undefined = c.get("ctx");
  return localeOf(c.req.raw, ctx?.actor);
}
