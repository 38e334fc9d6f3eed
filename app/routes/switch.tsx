import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";

/** Goes to another workspace of the person's own (`tenantId`). */
export async function action({ request, context }: ActionFunctionArgs) {
  if (!context.me) throw redirect("/sign-in");
  const wanted = (await request.formData()).get("tenantId");
  const { tenants } = await context.api.me.get();
  const tenant = tenants.find(({ id }) => id === wanted);
  if (!tenant) throw new Response("There is no such workspace", { status: 404 });
  return redirect(`/t/${tenant.id}`);
}

export function loader() {
  return redirect("/");
}
