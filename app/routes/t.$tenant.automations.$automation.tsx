import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { actOnAutomation, loadAutomation, loadLift, loadOutlook } from "#app/act-on-automation.ts";
import { AutomationPage } from "#app/components/automations/automation-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useClientSeat } from "#app/portal/seat.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export { shouldRevalidate } from "#app/after-conflict.ts";
export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { locale } = args.context;
  const which = { tenant: tenant.id, automation: String(args.params.automation) };
  const page = await loadAutomation(args, { ...which, currency: tenant.currency });
  const lift = await loadLift(args, { ...which, timeZone: tenant.timezone });
  const outlook = await loadOutlook(args, which);
  return { title: titleOf(page.state.title[locale], wordsIn(locale)("automations:title"), tenant.name), lift, outlook, ...page };
}

export async function action(args: ActionFunctionArgs) {
  const { tenant } = await enterTenant(args);
  return actOnAutomation(args, { tenant: tenant.id, automation: String(args.params.automation), currency: tenant.currency, staff: false });
}

export default function Automation() {
  const { title: _, ...page } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return <AutomationPage {...page} seat={useClientSeat()} failure={failure} />;
}
