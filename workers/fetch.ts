import { Hono } from "hono";
import type { Env } from "#server/env.ts";
import { requestContext } from "./http/context.ts";
import { onError } from "./http/failure.ts";
import { requestLog } from "./http/request-log.ts";
import { sameOrigin } from "./http/same-origin.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { shortEnough } from "./http/short-enough.ts";
import type { HttpEnv } from "./http-env.ts";
import { devOutbox } from "./routes/dev-outbox.ts";
import { exports } from "./routes/exports.ts";
import { healthz } from "./routes/healthz.ts";
import { oauth } from "./routes/oauth.ts";
import { pages } from "./routes/pages.ts";
import { pixel } from "./routes/pixel.ts";
import { rest } from "./routes/rest.ts";
import { trpc } from "./routes/trpc.ts";
import { webhooks } from "./routes/webhooks.ts";

const app = new Hono<HttpEnv>();

/** What browsers and robots look for at the root: all of public/. */
const rootFiles = [
  "/robots.txt",
  "/manifest.webmanifest",
  "/apple-touch-icon.png",
  "/icon-192.png",
  "/icon-512.png",
  "/icon-maskable-512.png",
];

/**
 * Files of the build. On the edge those that are there never come here; on a direct socket they do. That one is not there is kept
 * nowhere, whatever `_headers` says of its path: while a deploy goes on it may come a moment later.
 */
app.on("GET", ["/assets/*", ...rootFiles], async (c) => {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  if (file.status !== 404) return file;
  const headers = new Headers(file.headers);
  headers.set("cache-control", "no-store");
  return new Response(null, { status: 404, headers });
});

app.onError(onError);
app.use(requestLog);
app.use(securityHeaders);
app.route("/", healthz);
// Before what asks for a browser's page: whoever sends these has none, and says who it is by a signature.
app.route("/", webhooks);
app.route("/", pixel);
app.use(sameOrigin);
app.use(shortEnough);
app.use(requestContext);

app.route("/", trpc);
app.route("/", oauth);
app.route("/", rest);
app.route("/", exports);
app.route("/", devOutbox);
app.route("/", pages);

/** What a request began is finished although its browser leaves meanwhile: a consent, an account that is disconnected. */
export const fetchHandler: ExportedHandlerFetchHandler<Env> = (request, env, executionContext) => {
  const answer = Promise.resolve(app.fetch(request, env, executionContext));
  executionContext.waitUntil(answer);
  return answer;
};
