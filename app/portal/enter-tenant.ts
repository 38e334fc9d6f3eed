import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { toSignIn } from "#app/sign-in-path.ts";
import type { Outputs } from "#server/trpc/root.ts";

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
