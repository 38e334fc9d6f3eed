import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelow } from "#app/below-automation.server.ts";
import { RehearsalPage } from "#app/components/automations/rehearsal-page.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { actOnRehearsal, loadRehearsal } from "#app/rehearse-automation.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelow(args, loadRehearsal);

export async function action(args: ActionFunctionArgs) {
  const { tenant } = await enterTenant(args);
  return actOnRehearsal(args, { tenant: tenant.id, automation: String(args.params.automation) });
}

export default function Rehearsal() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <RehearsalPage {...page} failure={useActionData<typeof action>()} />;
}
