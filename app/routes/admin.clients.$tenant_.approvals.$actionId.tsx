import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { actOnAction } from "#app/act-on-action.ts";
import { ActionPage } from "#app/components/approvals/action-page.tsx";
import { isUnderWay } from "#app/components/approvals/listed-action.ts";
import { useLive } from "#app/components/runs/use-live.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("approvals");

export const meta = titleMeta;
export { shouldRevalidate } from "#app/after-conflict.ts";

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

const refOf = ({ params }: Pick<LoaderFunctionArgs, "params">) => ({ tenant: String(params.tenant), actionId: String(params.actionId) });

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const ref = refOf(args);
  const [client, shown, { automations, ...standing }] = await Promise.all([
    api.clients.get({ tenant: ref.tenant }),
    api.actions.get(ref),
    api.policies.automations({ tenant: ref.tenant }),
  ]);
  const policy = automations.find(({ id }) => id === shown.automation)?.policy;
  return {
    title: titleOf(shown.because[locale], client.name),
    name: client.name,
    action: shown,
    standing,
    decides: policy?.staffDecides ?? true,
  };
}

export function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return actOnAction(args, refOf(args));
}

/** One action of a client's, for the agency. */
export default function ClientApproval() {
  const t = useWords();
  const { name, action: shown, standing, decides } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const ref = { tenant: shown.tenantId, actionId: shown.id };
  useLive(isUnderWay(shown) && !standing.stopped, (api) => api.actions.get.query(ref));
  return (
    <ActionPage
      action={shown}
      base={`/admin/clients/${shown.tenantId}`}
      trail={[
        { label: t("title"), to: "/admin/approvals" },
        { label: name, to: `/admin/clients/${shown.tenantId}` },
      ]}
      stopped={standing.stopped}
      decides={decides}
      reveals
      answer={answer}
    />
  );
}
