import { createRequestHandler, json, type RequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import { TRPCError } from "@trpc/server";
import { Hono } from "hono";
import { readTheme } from "#app/theme.ts";
import { noteActivity } from "#server/domain/clients/note-activity.ts";
import { rememberTenant } from "#server/domain/people/last-tenant.ts";
import { asVisitor } from "#server/domain/people/view-client.ts";
import { setFlash, takeFlash } from "#server/flash.ts";
import { describeError, httpStatusOf } from "#server/trpc/errors.ts";
import { createCaller } from "#server/trpc/root.ts";
import { localeOf } from "#workers/http/locale-of.ts";
import { nearRoutes } from "#workers/http/near-routes.ts";
import { isPrefetch } from "#workers/http/prefetch.ts";
import { maskPath } from "#workers/http/request-log.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { voiceIn } from "#workers/voice.ts";
import { apiDocument } from "./rest.ts";

/** What people see: Remix. */
export const pages = new Hono<HttpEnv>();

/** No page has a backslash or a control character in its address. Remix would read `/\x` as the address of another host, and fail. */
const noPage = /%5c|%[01][0-9a-f]|%7f|\\/i;

pages.all("*", async (c) => {
  if (noPage.test(new URL(c.req.url).pathname)) throw new TRPCError({ code: "NOT_FOUND" });
  const tenant = /^\/t\/([a-z0-9-]+)/i.exec(c.req.path)?.[1];
  const visitor = tenant ? await asVisitor(c.get("ctx"), tenant) : null;
  const ctx = visitor ?? c.get("ctx");
  const cookieHeader = c.req.header("cookie") ?? null;
  const isOpened = c.req.method === "GET" && !isPrefetch(c.req.raw.headers);
  // Who only looks was not there.
  if (isOpened && tenant && !visitor) {
    rememberTenant(ctx, tenant);
    c.executionCtx.waitUntil(noteActivity(ctx, tenant));
  }
  const { actor } = ctx;
  const locale = localeOf(c.req.raw, actor);
  const remix = await requestHandler();
  return remix(judged(c.req.raw), {
    api: createCaller({ ...ctx, voice: voiceIn(locale) }),
    me:
      actor.type === "user"
        ? { id: actor.userId, name: actor.name, email: actor.email, staff: actor.staff, onboarded: actor.onboarded }
        : null,
    nonce: c.get("nonce"),
    requestId: ctx.request.id,
    locale,
    theme: readTheme(cookieHeader),
    // Only what is shown ends the message: a page that is fetched ahead leaves it for the one that is opened.
    takeFlash: () => (isOpened ? takeFlash(ctx) : null),
    toast: (flash) => setFlash(ctx, flash),
    describe: describeError,
    failed: (error) => ctx.log.error("page.failed", { method: c.req.method, path: maskPath(c.req.path), error }),
    openApi: () => apiDocument(ctx.config.APP_ORIGIN),
  });
});

/**
 * Where a request comes from was judged at the door (http/same-origin.ts). Remix would judge again, by headers that a proxy
 * may set and without knowing the `Origin: null` of a browser that hides it, and fail.
 */
function judged(request: Request): Request {
  if (!request.headers.has("origin")) return request;
  const headers = new Headers(request.headers);
  headers.delete("origin");
  return new Request(request, { headers });
}

let ready: RequestHandler | undefined;

/** Made at the first page, since only pages need the build. A dev server changes its build, so that there it is asked anew. */
async function requestHandler(): Promise<RequestHandler> {
  if (ready) return ready;
  const build = withStatuses(await import("virtual:remix/server-build"));
  if (import.meta.env?.DEV) return createRequestHandler(build);
  ready = nearRoutes(build);
  return ready;
}

/** Loaders and actions that fail as a procedure failed answer with its status, so that what is not there is a 404. */
function withStatuses(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).flatMap(([id, route]) => {
    if (!route) return [];
    const { loader, action } = route.module;
    const module = {
      ...route.module,
      ...(loader && { loader: answering(loader) }),
      ...(action && { action: answering(readingForm(action)) }),
    };
    return [[id, { ...route, module }]];
  });
  return { ...build, routes: Object.fromEntries(routes) };
}

/** Actions read forms: what is none, or a broken one, is refused here as the sender's fault and not ours. */
const readingForm =
  (act: DataFunction): DataFunction =>
  async (args) => {
    try {
      await args.request.clone().formData();
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw new TRPCError({ code: "BAD_REQUEST" });
    }
    return act(args);
  };

type DataFunction = NonNullable<NonNullable<ServerBuild["routes"][string]>["module"]["loader"]>;

const answering =
  (load: DataFunction): DataFunction =>
  async (args) => {
    try {
      return await load(args);
    } catch (error) {
      if (!(error instanceof TRPCError)) throw error;
      const { kind, code } = describeError(error);
      throw json({ kind, code, requestId: args.context.requestId }, httpStatusOf(error));
    }
  };
