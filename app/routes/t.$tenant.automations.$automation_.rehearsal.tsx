import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { RehearsalPage } from "#app/components/automations/rehearsal-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { actOnRehearsal, loadRehearsal } from "#app/rehearse-automation.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const page = await loadRehearsal(args, { tenant: tenant.id, automation, timeZone: tenant.timezone });
  const base = `/t/${tenant.id}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export async function action(args: ActionFunctionArgs) {
  const { tenant } = await enterTenant(args);
  return actOnRehearsal(args, { tenant: tenant.id, automation: String(args.params.automation) });
}

export default function Rehearsal() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <RehearsalPage {...page} failure={useActionData<typeof action>()} />;
}
