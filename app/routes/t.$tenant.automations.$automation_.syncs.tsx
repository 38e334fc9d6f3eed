import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { SyncsPage } from "#app/components/automations/syncs-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { loadSyncs } from "#app/show-syncs.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const page = await loadSyncs(args, { tenant: tenant.id, automation, timeZone: tenant.timezone });
  const base = `/t/${tenant.id}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export default function Syncs() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SyncsPage {...page} />;
}
