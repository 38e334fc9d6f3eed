import { type AppLoadContext, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { toSignIn } from "#app/sign-in-path.ts";
import type { Outputs } from "#server/trpc/root.ts";

export type Me = Outputs["me"]["get"];
export type Membership = Me["tenants"][number];
export type Permission = Membership["may"][number];

/** Who asks, once for all loaders of a page. An action asks for itself, since it may change what they are then told. */
const asked = new WeakMap<AppLoadContext, Promise<Me>>();

function whoAsks(context: AppLoadContext, request: Request): Promise<Me> {
  const known = request.method === "GET" ? asked.get(context) : undefined;
  if (known) return known;
  const me = context.api.me.get();
  if (request.method === "GET") asked.set(context, me);
  return me;
}

/** Who asks, and the workspace of the address. Leads to the sign-in, and admins of the agency to their own page of that client; to who is no member the workspace does not exist. */
export async function enterTenant({ context, request, params }: Pick<LoaderFunctionArgs, "context" | "request" | "params">) {
  if (!context.me) throw toSignIn(request);
  const me = await whoAsks(context, request);
  const tenant = me.tenants.find(({ id }) => id === params.tenant);
  if (tenant) return { me, tenant };
  // Of a look that is over, or an address that a client sent, the agency has pages of its own.
  if (me.staff && request.method === "GET") throw redirect(`/admin/clients/${encodeURIComponent(params.tenant ?? "")}`);
  throw new Response("There is no such workspace", { status: 404 });
}

/** As `enterTenant`, for a page about the person who asks: an admin who looks at a client has none there, and is led to the workspace's. */
export async function enterOwn(args: Pick<LoaderFunctionArgs, "context" | "request" | "params">) {
  const entered = await enterTenant(args);
  if (entered.me.viewingUntil !== null) throw redirect(`/t/${entered.tenant.id}/settings/workspace`);
  return entered;
}
