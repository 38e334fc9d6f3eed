import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { answerOf, CrmPage } from "#app/components/automations/crm-page.tsx";
import { actOnCrm, loadCrm } from "#app/show-crm.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadCrm);

export const action = (args: ActionFunctionArgs) => actOnCrm(args, String(args.params.tenant));

/** What of a client's shop is in step with its CRM, for the agency. */
export default function ClientCrm() {
  const { view, trail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return <CrmPage view={view} trail={trail} may={{ decides: true, reveals: true }} answer={answerOf(answer)} />;
}
