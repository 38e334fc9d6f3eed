import { type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";

/** The front door: everybody goes on to where they belong. */
export async function loader({ context }: LoaderFunctionArgs) {
  return redirect(context.me ? await context.api.signIn.landing() : "/sign-in");
}
