import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { RehearsalPage } from "#app/components/automations/rehearsal-page.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { actOnRehearsal, loadRehearsal } from "#app/rehearse-automation.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadRehearsal);

export async function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return actOnRehearsal(args, { tenant: String(args.params.tenant), automation: String(args.params.automation) });
}

/** An automation of a client's, tried over past days by the agency. */
export default function ClientRehearsal() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <RehearsalPage {...page} failure={useActionData<typeof action>()} />;
}
