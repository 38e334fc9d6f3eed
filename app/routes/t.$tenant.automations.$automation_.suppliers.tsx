import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { SuppliersPage } from "#app/components/automations/suppliers-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { actOnSuppliers, loadSuppliers } from "#app/show-suppliers.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const may = { decide: tenant.may.includes("actions:decide"), map: tenant.may.includes("settings:write") };
  const portal = `/t/${tenant.id}`;
  const page = await loadSuppliers(args, { tenant: tenant.id, automation, timeZone: tenant.timezone, may, portal });
  const base = `${portal}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export const action = (args: ActionFunctionArgs) => actOnSuppliers(args, String(args.params.tenant));

export default function Suppliers() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SuppliersPage {...page} failure={useActionData<typeof action>()} />;
}
