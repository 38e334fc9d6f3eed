import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { answerOf, CrmPage } from "#app/components/automations/crm-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { actOnCrm, loadCrm } from "#app/show-crm.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const page = await loadCrm(args, { tenant: tenant.id, automation, timeZone: tenant.timezone });
  const base = `/t/${tenant.id}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export const action = (args: ActionFunctionArgs) => actOnCrm(args, String(args.params.tenant));

export default function Crm() {
  const { view, trail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { may } = useTenant();
  const rights = { decides: may("actions:decide"), reveals: may("actions:reveal"), sets: may("settings:write") };
  return <CrmPage view={view} trail={trail} may={rights} answer={answerOf(answer)} />;
}
