import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useRouteLoaderData } from "@remix-run/react";
import type { loader } from "./routes/admin.tsx";
import { toSignIn } from "./sign-in-path.ts";

/** Only for the agency's admins. Leads to the sign-in; to anybody else the admin portal does not exist. */
export function enterAdmin({ context, request }: Pick<LoaderFunctionArgs, "context" | "request">) {
  if (!context.me) throw toSignIn(request);
  if (!context.me.staff) throw new Response("There is no such page", { status: 404 });
  return context;
}

/** What all pages of the admin portal know: who asks, and the jobs in the reader's language. */
export function useAdmin() {
  const data = useRouteLoaderData<typeof loader>("routes/admin");
  if (!data) throw new Error("useAdmin is for pages below /admin.");
  const { jobs } = data;
  return { ...data, titleOfJob: (id: string) => jobs.find((job) => job.id === id)?.title ?? id };
}
