import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { SyncsPage } from "#app/components/automations/syncs-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { loadSyncs } from "#app/show-syncs.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  const automation = String(args.params.automation);
  const page = await loadSyncs(args, { tenant: client.id, automation, timeZone: client.timezone });
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

/** What is in step for a client, for the agency. */
export default function ClientSyncs() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SyncsPage {...page} />;
}
