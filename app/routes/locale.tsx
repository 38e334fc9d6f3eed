import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { isLocale, LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { safeReturnPath } from "#app/return-path.ts";
import { choiceCookie } from "#app/theme.ts";

/** Keeps the chosen language in this browser and goes back to the page that sent the form (`locale`, `returnTo`). */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const locale = form.get("locale");
  if (!isLocale(locale)) throw new Response("Unknown language", { status: 422 });
  return redirect(safeReturnPath(form.get("returnTo")), { headers: { "Set-Cookie": choiceCookie(LOCALE_COOKIE, locale, request) } });
}

export function loader() {
  return redirect("/");
}
