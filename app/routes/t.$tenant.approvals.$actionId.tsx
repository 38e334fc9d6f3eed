import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { actOnAction } from "#app/act-on-action.ts";
import { ActionPage } from "#app/components/approvals/action-page.tsx";
import { isUnderWay } from "#app/components/approvals/listed-action.ts";
import { StoppedNotice } from "#app/components/approvals/stopped-notice.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("approvals");

export const meta = titleMeta;
export { shouldRevalidate } from "#app/after-conflict.ts";

/** A customer's name may stand in no cache. */
export const headers = () => ({ "Cache-Control": "no-store" });

const refOf = ({ params }: Pick<LoaderFunctionArgs, "params">) => ({ tenant: String(params.tenant), actionId: String(params.actionId) });

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const [action, standing] = await Promise.all([api.actions.get(refOf(args)), api.policies.list({ tenant: tenant.id })]);
  return { title: titleOf(action.because[locale], wordsIn(locale)("approvals:title"), tenant.name), action, standing };
}

export const action = (args: ActionFunctionArgs) => actOnAction(args, refOf(args));

export default function Approval() {
  const t = useWords();
  const { action: shown, standing } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { tenant, base, may } = useTenant();
  useLive(isUnderWay(shown) && !standing.stopped, (api) => api.actions.get.query({ tenant: tenant.id, actionId: shown.id }));
  return (
    <>
      <StoppedNotice {...standing} resumes={may("settings:write")} action={`${base}/automations`} />
      <ActionPage
        action={shown}
        base={base}
        trail={[{ label: t("title"), to: `${base}/approvals` }]}
        stopped={standing.stopped}
        decides={may("actions:decide")}
        reveals={may("actions:reveal")}
        answer={answer}
      />
    </>
  );
}
