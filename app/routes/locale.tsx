import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { isLocale, LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { safeReturnPath } from "#app/return-path.ts";
import { choiceCookie } from "#app/theme.ts";

/** Keeps the chosen language in this browser, and with who is signed in, and goes back to the page that sent the form (`locale`, `returnTo`). */
export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const locale = form.get("locale");
  if (!isLocale(locale)) throw new Response("Unknown language", { status: 422 });
  if (context.me) await context.api.me.changeLanguage({ locale });
  return redirect(safeReturnPath(form.get("returnTo")), { headers: { "Set-Cookie": choiceCookie(LOCALE_COOKIE, locale, request) } });
}

export function loader() {
  return redirect("/");
}
