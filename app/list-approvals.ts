import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { choiceOf, filtersOf } from "./filters.ts";

/** What of a client's actions is listed, in the order of its tabs. */
export const VIEWS = ["waiting", "shadowed", "running", "over", "withheld"] as const;
export type View = (typeof VIEWS)[number];

/** The page that an address asks for: view, automation and cursor, and how the client's automations stand. */
export async function listApprovals({ context, request }: Pick<LoaderFunctionArgs, "context" | "request">, tenant: string) {
  const asked = filtersOf(request, ["view", "automation", "cursor"]);
  const filter = {
    view: choiceOf(asked.view, VIEWS) ?? "waiting",
    automation: asked.automation?.slice(0, 100),
    cursor: asked.cursor?.slice(0, 100),
  };
  const [page, standing] = await Promise.all([context.api.actions.list({ tenant, ...filter }), context.api.policies.list({ tenant })]);
  return { filter, page, standing };
}
