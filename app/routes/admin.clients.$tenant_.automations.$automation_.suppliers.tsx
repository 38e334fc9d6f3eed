import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { SuppliersPage } from "#app/components/automations/suppliers-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { actOnSuppliers, loadSuppliers } from "#app/show-suppliers.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  const automation = String(args.params.automation);
  const base = `/admin/clients/${client.id}`;
  const may = { decide: true, map: true };
  const page = await loadSuppliers(args, { tenant: client.id, automation, timeZone: client.timezone, may, portal: base });
  const t = wordsIn(args.context.locale);
  const trail = [
    { label: t("admin:nav.clients"), to: "/admin/clients" },
    { label: client.name, to: base },
    { label: t("automations:title"), to: `${base}/automations` },
    { label: page.name, to: `${base}/automations/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, client.name), trail, ...page };
}

export async function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return actOnSuppliers(args, String(args.params.tenant));
}

/** What suppliers send for a client's shop, for the agency. */
export default function ClientSuppliers() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SuppliersPage {...page} failure={useActionData<typeof action>()} />;
}
