import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ActionList } from "#app/components/approvals/action-list.tsx";
import { ActionPages, NoActions, ViewTabs } from "#app/components/approvals/approvals-page.tsx";
import { DecidedNotice } from "#app/components/approvals/decided-notice.tsx";
import { StoppedNotice } from "#app/components/approvals/stopped-notice.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { decideListed } from "#app/decide-actions.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { listApprovals } from "#app/list-approvals.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("approvals");

export const meta = titleMeta;
export { shouldRevalidate } from "#app/after-conflict.ts";

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const title = titleOf(wordsIn(args.context.locale)("approvals:title"), tenant.name);
  return { title, ...(await listApprovals(args, tenant.id)) };
}

/** Decides what was sent: one action, or all that were ticked. */
export async function action(args: ActionFunctionArgs) {
  return decideListed(args, await args.request.formData(), String(args.params.tenant));
}

export default function Approvals() {
  const t = useWords();
  const { filter, page, standing } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { tenant, base, may } = useTenant();
  const { view, automation, cursor } = filter;
  const older = cursor !== undefined;
  useLive(view === "running" && page.items.length > 0, (api) => api.actions.list.query({ tenant: tenant.id, ...filter }));
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <StoppedNotice {...standing} resumes={may("settings:write")} action={`${base}/automations`} />
      <ViewTabs view={view} automation={automation} automations={standing.automations} />
      <DecidedNotice answer={answer} />
      <ActionList
        actions={page.items}
        to={({ id }) => `${base}/approvals/${id}`}
        decides={may("actions:decide")}
        refusals={answer && "reasons" in answer ? answer : undefined}
        empty={<NoActions view={view} automation={automation} older={older} automations={`${base}/automations`} />}
        foot={<ActionPages count={page.items.length} next={page.next} older={older} />}
      />
    </>
  );
}
