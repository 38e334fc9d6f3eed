import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData, useParams } from "@remix-run/react";
import { actOnAutomation, loadAutomation, loadLift, loadOutlook } from "#app/act-on-automation.ts";
import { AutomationPage } from "#app/components/automations/automation-page.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { staffSeat } from "#app/portal/seat.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("admin");

export { shouldRevalidate } from "#app/after-conflict.ts";
export const meta = titleMeta;

/** Whose, which, and in which currency and time zone that client counts. */
async function asked(args: Pick<LoaderFunctionArgs, "context" | "request" | "params">) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  return {
    tenant: client.id,
    name: client.name,
    automation: String(args.params.automation),
    currency: client.currency,
    timeZone: client.timezone,
  };
}

export async function loader(args: LoaderFunctionArgs) {
  const { name, ...which } = await asked(args);
  const page = await loadAutomation(args, which);
  const lift = await loadLift(args, which);
  const outlook = await loadOutlook(args, which);
  return { title: titleOf(page.state.title[args.context.locale], name), name, lift, outlook, ...page };
}

export async function action(args: ActionFunctionArgs) {
  const { name: _, ...which } = await asked(args);
  return actOnAutomation(args, { ...which, staff: true });
}

/** One automation of a client's, for the agency. */
export default function ClientAutomation() {
  const t = useWords();
  const { title: _, name, ...page } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant = "" } = useParams();
  const seat = staffSeat(tenant);
  const trail = [
    { label: t("nav.clients"), to: "/admin/clients" },
    { label: name, to: seat.base },
  ];
  return <AutomationPage {...page} seat={seat} trail={trail} failure={failure} />;
}
