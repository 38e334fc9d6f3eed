import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { answerOf, CrmPage } from "#app/components/automations/crm-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { actOnCrm, loadCrm } from "#app/show-crm.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  const automation = String(args.params.automation);
  const page = await loadCrm(args, { tenant: client.id, automation, timeZone: client.timezone });
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

export const action = (args: ActionFunctionArgs) => actOnCrm(args, String(args.params.tenant));

/** What of a client's shop is in step with its CRM, for the agency. */
export default function ClientCrm() {
  const { view, trail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return <CrmPage view={view} trail={trail} may={{ decides: true, reveals: true, sets: true }} answer={answerOf(answer)} />;
}
