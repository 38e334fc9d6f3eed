import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { RehearsalPage } from "#app/components/automations/rehearsal-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { actOnRehearsal, loadRehearsal } from "#app/rehearse-automation.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  const automation = String(args.params.automation);
  const page = await loadRehearsal(args, { tenant: client.id, automation, timeZone: client.timezone });
  const t = wordsIn(args.context.locale);
  const base = `/admin/clients/${client.id}`;
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
  return actOnRehearsal(args, { tenant: String(args.params.tenant), automation: String(args.params.automation) });
}

/** An automation of a client's, tried over past days by the agency. */
export default function ClientRehearsal() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <RehearsalPage {...page} failure={useActionData<typeof action>()} />;
}
