import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useRouteLoaderData } from "@remix-run/react";
import type { Outputs } from "#server/trpc/root.ts";
import type { loader } from "./routes/t.$tenant.tsx";
import { toSignIn } from "./sign-in-path.ts";

export type Me = Outputs["me"]["get"];
export type Membership = Me["tenants"][number];
export type Permission = Membership["may"][number];

/** Who asks, and the workspace of the address. Leads to the sign-in; to who is no member the workspace does not exist. */
export async function enterTenant({ context, request, params }: Pick<LoaderFunctionArgs, "context" | "request" | "params">) {
  if (!context.me) throw toSignIn(request);
  const me = await context.api.me.get();
  const tenant = me.tenants.find(({ id }) => id === params.tenant);
  if (!tenant) throw new Response("There is no such workspace", { status: 404 });
  return { me, tenant };
}

/** The workspace around this page, what the reader may do in it, and what all its pages name: jobs and providers. */
export function useTenant() {
  const data = useRouteLoaderData<typeof loader>("routes/t.$tenant");
  if (!data) throw new Error("useTenant is for pages below /t/:tenant.");
  const { tenant, jobs, providers } = data;
  return {
    ...data,
    base: `/t/${tenant.id}`,
    may: (permission: Permission) => tenant.may.includes(permission),
    /** A job's name; its id where it is no longer on the shelf. */
    jobTitle: (id: string) => jobs.find((job) => job.id === id)?.title ?? id,
    /** The names of the providers that a job reads. */
    providersOf: (id: string) =>
      jobs.find((job) => job.id === id)?.providers.map((needed) => providers.find((each) => each.id === needed)?.name ?? needed) ?? [],
  };
}
