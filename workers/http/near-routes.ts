import { createRequestHandler, type RequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import { type AgnosticRouteObject, matchRoutes } from "@remix-run/router";

/** Addresses whose routes are remembered. Clients have many; one that is asked for again is soon known again. */
const mostKnown = 2000;

/**
 * Answers each page by a handler that knows only the routes near it: those that its address leads to, and the addresses above it,
 * which Remix sends along with the page. Remix flattens, orders and compiles all routes that a handler knows several times for each
 * page. What is no page (`/__manifest`, from where a browser learns of further routes) is answered with all of them.
 */
export function nearRoutes(build: ServerBuild): RequestHandler {
  const all = createRequestHandler(build);
  const tree = treeOf(build.routes);
  const handlers = new Map<string, RequestHandler>();
  const known = new Map<string, RequestHandler>();

  const handlerOf = (path: string): RequestHandler => {
    const near = new Set(
      withParents(path)
        .flatMap((each) => matchRoutes(tree, each) ?? [])
        .map(({ route }) => route.id ?? ""),
    );
    const ids = Object.keys(build.routes).filter((id) => near.has(id));
    const handler = handlers.get(ids.join()) ?? createRequestHandler(only(build, ids));
    handlers.set(ids.join(), handler);
    return handler;
  };

  return (request, context) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/__manifest") return all(request, context);
    // A page's data has the page's address with this behind it.
    const path = pathname.replace(/\.data$/, "").replace(/^\/_root$/, "/");
    const handler = known.get(path) ?? handlerOf(path);
    if (known.size >= mostKnown) known.clear();
    known.set(path, handler);
    return handler(request, context);
  };
}

/** `/t/acme/runs` -> itself, `/t/acme`, `/t`, `/`. */
function withParents(path: string): string[] {
  const steps = path.split("/").filter(Boolean);
  return [path, ...steps.map((_, at) => `/${steps.slice(0, at).join("/")}`)];
}

function treeOf(routes: ServerBuild["routes"], parentId?: string): AgnosticRouteObject[] {
  return Object.values(routes).flatMap((route): AgnosticRouteObject[] => {
    if (route?.parentId !== parentId || !route) return [];
    const { id, path, index, caseSensitive } = route;
    return index ? [{ id, path, index, caseSensitive }] : [{ id, path, caseSensitive, children: treeOf(routes, id) }];
  });
}

function only(build: ServerBuild, ids: readonly string[]): ServerBuild {
  const pick = <T>(routes: Record<string, T>) => Object.fromEntries(Object.entries(routes).filter(([id]) => ids.includes(id)));
  return { ...build, routes: pick(build.routes), assets: { ...build.assets, routes: pick(build.assets.routes) } };
}
