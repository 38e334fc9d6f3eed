import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { safeReturnPath } from "#app/return-path.ts";

/** Ends this browser's session. `returnTo` is for who signs out to come in as somebody else. */
export async function action({ request, context }: ActionFunctionArgs) {
  const returnTo = safeReturnPath((await request.formData()).get("returnTo"));
  await context.api.signIn.out();
  context.toast({ kind: "success", message: wordsIn(context.locale)("auth:signedOut") });
  return redirect(returnTo === "/" ? "/sign-in" : returnTo);
}

export function loader() {
  return redirect("/");
}
