import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { loadAutomationState } from "./act-on-automation.ts";
import { drawSyncs } from "./draw-syncs.server.ts";
import { regionOf } from "./i18n/locale.ts";

/** The page on which an automation shows what it keeps in step. Throws a 404 for one that keeps no such thing. */
export async function loadSyncs(
  { request, context: { api, locale } }: Pick<LoaderFunctionArgs, "request" | "context">,
  { tenant, automation, timeZone }: { tenant: string; automation: string; timeZone: string },
) {
  const { state } = await loadAutomationState(api, { tenant, automation });
  if (state.shows !== "syncs") throw new Response("This automation keeps nothing in step", { status: 404 });
  const found = await api.syncs.get({ tenant, automation });
  const reader = { locale, region: regionOf(request.headers.get("accept-language"), locale), timeZone };
  return { name: state.title[locale], view: drawSyncs(found, reader) };
}
