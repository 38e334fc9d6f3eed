import { createRequestHandler } from "@remix-run/cloudflare";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import { isLocale, LOCALE_COOKIE, type Locale, negotiateLocale } from "#app/i18n/locale.ts";
import { readCookie, readTheme } from "#app/theme.ts";
import { openDb } from "#db/client.ts";
import { authenticate, sessionCookie } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { databasesOf, type Env } from "#server/env.ts";
import { setFlash, takeFlash } from "#server/flash.ts";
import { newId } from "#server/ids.ts";
import { appRouter, createCaller } from "#server/trpc/root.ts";
import { browserCookies, buildCtx } from "./context.ts";
import type { Door } from "./door.ts";

const app = new Hono<Door>();

app.get("/healthz", (c) => c.json({ ok: true }));

/** Hashed files of the build. On the edge they never come here; on a direct socket they do. */
app.on("GET", ["/assets/*", "/favicon.svg", "/robots.txt"], (c) => c.env.ASSETS.fetch(c.req.raw));

app.use(async (c, next) => {
  const { cookies, lines } = browserCookies(c.req.header("cookie") ?? null);
  const { actor } = await authenticate(openDb(databasesOf(c.env).DB), cookies.get(sessionCookie), Date.now());
  const request = {
    id: newId("req", Date.now()),
    ip: c.req.header("cf-connecting-ip") ?? "127.0.0.1",
    userAgent: c.req.header("user-agent") ?? "",
  };
  c.set("ctx", buildCtx(c.env, request, actor, cookies));
  c.set("nonce", crypto.randomUUID());
  await next();
  for (const line of lines) c.res.headers.append("set-cookie", line);
});

app.all("/api/trpc/*", (c) =>
  fetchRequestHandler({ endpoint: "/api/trpc", req: c.req.raw, router: appRouter, createContext: () => c.get("ctx") }),
);

const remix = createRequestHandler(() => import("virtual:remix/server-build"));

app.all("*", (c) => {
  const ctx = c.get("ctx");
  const cookieHeader = c.req.header("cookie") ?? null;
  // A page, or the data of one, shows the waiting message and ends it; a page that is only fetched ahead does not.
  const isPage = c.req.method === "GET" && !c.req.header("sec-purpose")?.includes("prefetch");
  const { actor } = ctx;
  return remix(c.req.raw, {
    api: createCaller(ctx),
    me:
      actor.type === "user"
        ? { id: actor.userId, name: actor.name, email: actor.email, staff: actor.staff, onboarded: actor.onboarded }
        : null,
    nonce: c.get("nonce"),
    requestId: ctx.request.id,
    locale: localeOf(ctx, cookieHeader, c.req.header("accept-language") ?? null),
    theme: readTheme(cookieHeader),
    flash: isPage ? takeFlash(ctx) : null,
    toast: (flash) => setFlash(ctx, flash),
  });
});

/** The language chosen in this browser, else the person's own, else what the browser asks for. */
function localeOf({ actor }: Ctx, cookieHeader: string | null, acceptLanguage: string | null): Locale {
  const chosen = readCookie(cookieHeader, LOCALE_COOKIE);
  if (isLocale(chosen)) return chosen;
  return actor.type === "user" ? actor.locale : negotiateLocale(acceptLanguage);
}

export const fetchHandler: ExportedHandlerFetchHandler<Env> = (request, env, executionContext) => app.fetch(request, env, executionContext);
