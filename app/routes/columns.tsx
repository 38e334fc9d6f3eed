import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { COLUMNS_COOKIE, isChosenTable, withColumns } from "#app/columns.ts";
import { safeReturnPath } from "#app/return-path.ts";
import { choiceCookie } from "#app/theme.ts";

/** Keeps in this browser which columns a table shows and goes back to the page that sent the form (`table`, `columns`, `returnTo`). */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const table = form.get("table");
  if (!isChosenTable(table)) throw new Response("Unknown table", { status: 422 });
  const chosen = withColumns(request.headers.get("Cookie"), table, form.getAll("columns").map(String));
  return redirect(safeReturnPath(form.get("returnTo")), { headers: { "Set-Cookie": choiceCookie(COLUMNS_COOKIE, chosen, request) } });
}

export function loader() {
  return redirect("/");
}
