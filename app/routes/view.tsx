import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { toSignIn } from "#app/sign-in-path.ts";

/** Shows an admin of the agency a client's pages as its people see them (`begin`), or leads back from them (`end`): both name the client. */
export async function action({ request, context }: ActionFunctionArgs) {
  if (!context.me) throw toSignIn(request);
  const form = await request.formData();
  const begin = form.get("begin");
  if (typeof begin === "string") {
    await context.api.clients.view({ tenant: begin });
    return redirect(`/t/${encodeURIComponent(begin)}`);
  }
  await context.api.me.endView();
  return redirect(`/admin/clients/${encodeURIComponent(String(form.get("end")))}`);
}

export function loader() {
  return redirect("/");
}
