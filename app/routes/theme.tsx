import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { safeReturnPath } from "#app/return-path.ts";
import { choiceCookie, isTheme, THEME_COOKIE } from "#app/theme.ts";

/** Keeps the chosen theme in this browser and goes back to the page that sent the form (`theme`, `returnTo`). */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const theme = form.get("theme");
  if (!isTheme(theme)) throw new Response("Unknown theme", { status: 422 });
  return redirect(safeReturnPath(form.get("returnTo")), { headers: { "Set-Cookie": choiceCookie(THEME_COOKIE, theme, request) } });
}

export function loader() {
  return redirect("/");
}
