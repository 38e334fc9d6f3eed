import { data, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { titleOf } from "#app/title.ts";

/**
 * Every address that no other route has. Without it the browser would match a layout of which only the beginning fits
 * (/admin/nothing), and draw another page than the server did. Who has a portal is told so inside it.
 */
export async function loader({ request, context, params }: LoaderFunctionArgs): Promise<Response> {
  // A picture that a browser looks for by itself is no page that somebody opened.
  const isOpened = request.method === "GET" && /^(document|empty)$/.test(request.headers.get("sec-fetch-dest") ?? "");
  const portal = context.me && isOpened ? await context.api.signIn.landing() : "";
  const isInside = /^(t\/|admin(\/|$))/.test(params["*"] ?? "");
  if (/^\/(t\/|admin)/.test(portal) && !isInside) return redirect(`${portal}/${params["*"]}`);
  throw data({ title: titleOf(wordsIn(context.locale)("common:errors.notFoundTitle")) }, 404);
}

export const action = loader;

export default function NoSuchPage() {
  return null;
}
