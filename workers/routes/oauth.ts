import { type Context, Hono, type MiddlewareHandler } from "hono";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { type BeginOAuth, beginOAuth } from "#server/domain/connecting/begin-oauth.ts";
import { completeOAuth } from "#server/domain/connecting/complete-oauth.ts";
import type { NextPage } from "#server/domain/connecting/leave.ts";
import { rateLimited } from "#server/errors.ts";
import { setFlash } from "#server/flash.ts";
import { toastOf } from "#server/trpc/say-connections.ts";
import { localeOf } from "#workers/http/locale-of.ts";
import { notAhead } from "#workers/http/prefetch.ts";
import { readerOf } from "#workers/http/reader-of.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { voiceIn } from "#workers/voice.ts";

/** The two ends of a consent: out to the provider, and back from it. */
export const oauth = new Hono<HttpEnv>();

/** What is not on the shelf is a 404 for everybody: nobody signs in for it first. A HEAD only looks, and must not connect. */
const onShelf: MiddlewareHandler<HttpEnv> = async (c, next) => {
  findOAuthProvider(c.req.param("provider") ?? "");
  if (c.req.method === "HEAD") return c.body(null, 405, { allow: "GET" });
  await next();
};
oauth.use("/api/auth/oauth/:provider/*", onShelf, notAhead);
for (const end of ["start", "callback"]) oauth.use(`/api/integrations/:provider/oauth/${end}`, onShelf, notAhead);

oauth.get("/api/auth/oauth/:provider/authorize", async (c) => {
  const ctx = c.get("ctx");
  const { tenant } = c.req.query();
  // Back to the page to start from: signing in by itself must not start anything.
  if (ctx.actor.type !== "user") return c.redirect(signInFor(tenant ? `/t/${tenant}/integrations` : ""), 303);
  return go(c, await beginOAuth(ctx, wishOf(c)));
});

/**
 * The same way out for who looks for it here: a client's people connect an account of theirs, the agency's admins take a client in,
 * which is made from the account that comes back, unless they name one that is there already.
 */
oauth.get("/api/integrations/:provider/oauth/start", async (c) => {
  const ctx = c.get("ctx");
  const wish = wishOf(c);
  if (ctx.actor.type !== "user") return c.redirect(signInFor(wish.return ?? ""), 303);
  return go(
    c,
    ctx.actor.staff && !wish.tenant ? await beginIntake(ctx, { ...wish, client: c.req.query("client") }) : await beginOAuth(ctx, wish),
  );
});

/** What the query asks for. `return` is called `redirect_path` too. */
function wishOf(c: Context<HttpEnv>): BeginOAuth {
  const { tenant, only, shop, connection, return: back, redirect_path: path } = c.req.query();
  return {
    provider: c.req.param("provider") ?? "",
    tenant,
    sets: c.req.queries("sets")?.join(","),
    scopes: c.req.queries("scopes")?.join(","),
    only,
    shop,
    connection,
    return: back ?? path,
    fetchSite: c.req.header("sec-fetch-site"),
  };
}

const signInFor = (page: string): string => (page ? `/sign-in?to=${encodeURIComponent(page)}` : "/sign-in");

for (const path of ["/api/auth/oauth/:provider/callback", "/api/integrations/:provider/oauth/callback"] as const) {
  oauth.get(path, async (c) => {
    const ctx = c.get("ctx");
    if (ctx.actor.type !== "user") return c.redirect("/sign-in", 303);
    const next = await completeOAuth(ctx, { provider: c.req.param("provider"), parameters: new URL(c.req.url).searchParams });
    if (next.followed) c.executionCtx.waitUntil(next.followed);
    return go(c, next);
  });
}

/**
 * On to the next page, with its toast; the address that led here is kept nowhere. Who shows no page is told what was refused instead:
 * that it came once too often and when to come back, or that the provider is switched off.
 */
function go(c: Context<HttpEnv>, { location, told, retryAfterS, refusal }: NextPage): Response {
  if (retryAfterS !== undefined && readerOf(c.req.raw) !== "browser") throw rateLimited(retryAfterS);
  if (refusal && readerOf(c.req.raw) !== "browser") throw refusal;
  const ctx = c.get("ctx");
  if (told) setFlash(ctx, toastOf({ voice: voiceIn(localeOf(c.req.raw, ctx.actor)) }, told));
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "no-referrer");
  return c.redirect(location, 303);
}
