import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelow } from "#app/below-automation.server.ts";
import { SuppliersPage } from "#app/components/automations/suppliers-page.tsx";
import { actOnSuppliers, loadSuppliers } from "#app/show-suppliers.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelow(args, loadSuppliers);

export const action = (args: ActionFunctionArgs) => actOnSuppliers(args, String(args.params.tenant));

export default function Suppliers() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SuppliersPage {...page} failure={useActionData<typeof action>()} />;
}
