import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { FlowPage } from "#app/components/automations/flow-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { loadFlow } from "#app/show-flow.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const portal = `/t/${tenant.id}`;
  const page = await loadFlow(args, { tenant: tenant.id, automation, timeZone: tenant.timezone, base: portal });
  const base = `${portal}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export default function Flow() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <FlowPage {...page} />;
}
