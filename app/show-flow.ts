import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { loadAutomationState } from "./act-on-automation.ts";
import type { Below } from "./below-automation.server.ts";
import { drawFlow } from "./draw-flow.server.ts";
import { regionOf } from "./i18n/locale.ts";

/** The page on which the bridge shows what stands between a client and Shopify Flow. Throws a 404 for an automation that is no such bridge. */
export async function loadFlow(
  { request, context: { api, locale } }: Pick<LoaderFunctionArgs, "request" | "context">,
  { tenant, automation, timeZone, base }: Below,
) {
  const { state } = await loadAutomationState(api, { tenant, automation });
  if (state.shows !== "flow") throw new Response("This automation has no business with Shopify Flow", { status: 404 });
  const found = await api.flow.get({ tenant });
  const reader = { locale, region: regionOf(request.headers.get("accept-language"), locale), timeZone };
  return { name: state.title[locale], view: drawFlow(found, reader, { base, automation }) };
}
