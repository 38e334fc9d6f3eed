import { type Context, Hono, type MiddlewareHandler } from "hono";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { beginOAuth } from "#server/domain/oauth/begin.ts";
import { beginIntake } from "#server/domain/oauth/begin-intake.ts";
import { completeOAuth } from "#server/domain/oauth/complete.ts";
import type { NextPage } from "#server/domain/oauth/leave.ts";
import { setFlash } from "#server/flash.ts";
import type { Door } from "#workers/door.ts";

/** The two ends of a consent: out to the provider, and back from it. */
export const oauth = new Hono<Door>();

/** What is not on the shelf is a 404 for everybody: nobody signs in for it first. A HEAD only looks, and must not connect. */
const onShelf: MiddlewareHandler<Door> = async (c, next) => {
  findOAuthProvider(c.req.param("provider") ?? "");
  if (c.req.method === "HEAD") return c.body(null, 405, { allow: "GET" });
  await next();
};
oauth.use("/api/auth/oauth/:provider/*", onShelf);
oauth.use("/api/integrations/:provider/oauth/start", onShelf);

oauth.get("/api/auth/oauth/:provider/authorize", async (c) => {
  const ctx = c.get("ctx");
  const query = c.req.query();
  // Back to the page to start from: signing in by itself must not start anything.
  const home = `/t/${query.tenant ?? ""}/integrations`;
  if (ctx.actor.type !== "user") return c.redirect(`/sign-in?to=${encodeURIComponent(home)}`, 303);
  return go(
    c,
    await beginOAuth(ctx, {
      provider: c.req.param("provider"),
      tenant: query.tenant ?? "",
      sets: c.req.queries("sets")?.join(","),
      scopes: c.req.queries("scopes")?.join(","),
      only: query.only,
      shop: query.shop,
      connection: query.connection,
      return: query.return,
      fetchSite: c.req.header("sec-fetch-site"),
    }),
  );
});

/** Takes a client in: out to the provider, for the agency's admins. The client is made from the account that comes back. */
oauth.get("/api/integrations/:provider/oauth/start", async (c) => {
  const ctx = c.get("ctx");
  if (ctx.actor.type !== "user") return c.redirect(`/sign-in?to=${encodeURIComponent("/admin/new-client")}`, 303);
  const { shop } = c.req.query();
  return go(c, await beginIntake(ctx, { provider: c.req.param("provider"), shop, fetchSite: c.req.header("sec-fetch-site") }));
});

oauth.get("/api/auth/oauth/:provider/callback", async (c) => {
  const ctx = c.get("ctx");
  if (ctx.actor.type !== "user") return c.redirect("/sign-in", 303);
  return go(c, await completeOAuth(ctx, { provider: c.req.param("provider"), parameters: new URL(c.req.url).searchParams }));
});

/** On to the next page, with its toast; the address that led here is kept nowhere. */
function go(c: Context<Door>, { location, toast }: NextPage): Response {
  if (toast) setFlash(c.get("ctx"), toast);
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "no-referrer");
  return c.redirect(location, 303);
}
