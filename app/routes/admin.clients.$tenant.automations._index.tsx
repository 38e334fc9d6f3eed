import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData, useParams } from "@remix-run/react";
import { actOnAutomations, loadAutomations } from "#app/act-on-automation.ts";
import { AutomationsPage, StopAll } from "#app/components/automations/automations-page.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { staffSeat } from "#app/portal/seat.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("automations");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [client, all] = await Promise.all([api.clients.get({ tenant }), loadAutomations(args, tenant)]);
  return { title: titleOf(wordsIn(locale)("automations:title"), client.name), all, name: client.name, currency: client.currency };
}

export function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return actOnAutomations(args, String(args.params.tenant));
}

/** A client's automations, for the agency. */
export default function ClientAutomations() {
  const t = useWords();
  const { all, name, currency } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant = "" } = useParams();
  const seat = staffSeat(tenant);
  return (
    <Section title={t("title")} description={t("clientDescription", { client: name })} actions={<StopAll all={all} seat={seat} />}>
      <AutomationsPage all={all} currency={currency} seat={seat} failure={failure} />
    </Section>
  );
}
