import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { SuppliersPage } from "#app/components/automations/suppliers-page.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { actOnSuppliers, loadSuppliers } from "#app/show-suppliers.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadSuppliers);

export async function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return actOnSuppliers(args, String(args.params.tenant));
}

/** What suppliers send for a client's shop, for the agency. */
export default function ClientSuppliers() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SuppliersPage {...page} failure={useActionData<typeof action>()} />;
}
