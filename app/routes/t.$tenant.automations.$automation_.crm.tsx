import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelow } from "#app/below-automation.server.ts";
import { answerOf, CrmPage } from "#app/components/automations/crm-page.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { actOnCrm, loadCrm } from "#app/show-crm.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

export const loader = (args: LoaderFunctionArgs) => loadBelow(args, loadCrm);

export const action = (args: ActionFunctionArgs) => actOnCrm(args, String(args.params.tenant));

export default function Crm() {
  const { view, trail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { may } = useTenant();
  const rights = { decides: may("actions:decide"), reveals: may("actions:reveal") };
  return <CrmPage view={view} trail={trail} may={rights} answer={answerOf(answer)} />;
}
