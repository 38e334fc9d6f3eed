import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { loadAutomationState } from "./act-on-automation.ts";
import { drawReferrals } from "./draw-referrals.server.ts";
import { regionOf } from "./i18n/locale.ts";

/** The page on which an automation shows who brought whom. Throws a 404 for one that keeps no such thing. */
export async function loadReferrals(
  { request, context: { api, locale } }: Pick<LoaderFunctionArgs, "request" | "context">,
  { tenant, automation, timeZone }: { tenant: string; automation: string; timeZone: string },
) {
  const { state } = await loadAutomationState(api, { tenant, automation });
  if (state.shows !== "referrals") throw new Response("This automation keeps no referrals", { status: 404 });
  const { pathname, searchParams } = new URL(request.url);
  const [of, cursor] = [searchParams.get("of"), searchParams.get("cursor")];
  const found = await api.referrals.get({ tenant, ...(of !== null && { of }), ...(cursor !== null && { cursor }) });
  const reader = { locale, region: regionOf(request.headers.get("accept-language"), locale), timeZone };
  const here = pathname.replace(/\.data$/, "");
  return { name: state.title[locale], view: drawReferrals(found, reader, { here, of, cursor: cursor !== null }) };
}
