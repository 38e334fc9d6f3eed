import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { toSignIn } from "#app/sign-in-path.ts";

/** Only for the agency's admins. Leads to the sign-in; to anybody else the admin portal does not exist. */
export function enterAdmin({ context, request }: Pick<LoaderFunctionArgs, "context" | "request">) {
  if (!context.me) throw toSignIn(request);
  if (!context.me.staff) throw new Response("There is no such page", { status: 404 });
  return context;
}
