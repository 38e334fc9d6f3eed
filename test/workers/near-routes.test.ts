import type { EntryContext, ServerBuild } from "@remix-run/cloudflare";
import { createRequestHandler } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { nearRoutes } from "#workers/http/near-routes.ts";

/** A page says which routes answered it, with what, and which ones the browser is told of. */
const answer = (_: Request, status: number, headers: Headers, { staticHandlerContext, manifest }: EntryContext) => {
  const matches = staticHandlerContext.matches.map(({ route: { id }, params }) => ({ id, params }));
  return Response.json({ matches, told: Object.keys(manifest.routes) }, { status, headers });
};

const paths: Record<string, { parentId?: string; path?: string; index?: true }> = {
  root: {},
  splat: { parentId: "root", path: "*" },
  home: { parentId: "root", index: true },
  tenant: { parentId: "root", path: "t/:tenant" },
  overview: { parentId: "tenant", index: true },
  provider: { parentId: "tenant", path: "integrations/:provider" },
  calendar: { parentId: "tenant", path: "integrations/calendar" },
  integrations: { parentId: "tenant", path: "integrations" },
  choose: { parentId: "tenant", path: "integrations/:provider/choose" },
  admin: { parentId: "root", path: "admin" },
  clients: { parentId: "admin", path: "clients" },
};

function buildOf(): ServerBuild {
  const loader = ({ params }: { params: object }) => params;
  const ids = Object.entries(paths);
  const flags = { hasAction: false, hasLoader: true, hasClientAction: false, hasClientLoader: false, hasErrorBoundary: false };
  return {
    mode: "production",
    entry: { module: { default: answer } },
    routes: Object.fromEntries(ids.map(([id, route]) => [id, { id, ...route, module: { loader, default: () => null } }])),
    assets: {
      entry: { imports: [], module: "/entry.js" },
      routes: Object.fromEntries(ids.map(([id, route]) => [id, { id, ...route, ...flags, module: `/${id}.js` }])),
      url: "/manifest.js",
      version: "1",
    },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: { v3_singleFetch: true, v3_lazyRouteDiscovery: true },
    isSpaMode: false,
  } as unknown as ServerBuild;
}

interface Answer {
  matches: { id: string; params: Record<string, string> }[];
  told: string[];
}

const near = nearRoutes(buildOf());
const all = createRequestHandler(buildOf());
const ask = async (handler: typeof near, path: string) => handler(new Request(`https://portal.test${path}`));
const page = async (handler: typeof near, path: string) => (await (await ask(handler, path)).json()) as Answer;

test("each address leads to the routes that all of them together would choose, asked once or again", async () => {
  const addresses = [
    "/",
    "/t/a",
    "/t/b/",
    "/t/a/integrations",
    "/t/a/integrations/calendar",
    "/t/a/integrations/meta",
    "/t/a/integrations/meta/choose",
  ];
  for (const path of [...addresses, "/admin", "/admin/clients", "/admin/nothing", "/t", "/%zz", "/t/%D7%90", ...addresses]) {
    expect((await page(near, path)).matches, path).toEqual((await page(all, path)).matches);
  }
});

test("a page knows its own routes and those of the addresses above it, which a browser must not have to guess", async () => {
  expect((await page(near, "/t/a/integrations/meta/choose")).told.sort()).toEqual(
    ["root", "home", "splat", "tenant", "overview", "integrations", "provider", "choose"].sort(),
  );
  expect((await page(all, "/t/a/integrations/meta/choose")).told).toHaveLength(Object.keys(paths).length);
});

test("the data of a page is that of its address, and further routes are told of all that there are", async () => {
  for (const path of ["/t/a/integrations/calendar.data", "/_root.data", "/t/a.data?_routes=overview"]) {
    const [ours, theirs] = await Promise.all([ask(near, path), ask(all, path)]);
    expect([ours.status, await ours.text()], path).toEqual([theirs.status, await theirs.text()]);
  }
  const discovered = await ask(near, "/__manifest?p=/admin/clients&version=1");
  expect(Object.keys((await discovered.json()) as object).sort()).toEqual(["admin", "clients", "root"]);
});
