import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Inbox, OctagonX, Play } from "lucide-react";
import { ClientName } from "#app/components/admin/client-link.tsx";
import { ActionList } from "#app/components/approvals/action-list.tsx";
import { DecidedNotice } from "#app/components/approvals/decided-notice.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { decideListed } from "#app/decide-actions.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("approvals");

export const meta = titleMeta;
export { shouldRevalidate } from "#app/after-conflict.ts";

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [actions, fleet] = await Promise.all([api.actions.waiting(), api.policies.fleet()]);
  return { title: titleOf(wordsIn(locale)("approvals:title")), actions, stopped: fleet.stopped };
}

/** Decides what was sent, of any client; or stops all of them (`intent`), and lets them act again. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  if (!form.has("intent")) return decideListed(args, form);
  const t = wordsIn(locale);
  try {
    switch (form.get("intent")) {
      case "stop":
        await api.policies.stopFleet();
        toast({ kind: "success", message: t("approvals:fleet.stoppedToast") });
        break;
      case "resume":
        await api.policies.resumeFleet();
        toast({ kind: "success", message: t("approvals:fleet.resumedToast") });
        break;
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect("/admin/approvals");
}

/** What waits for a person, of all clients; and the switch that stops all of them. */
export default function AdminApprovals() {
  const t = useWords();
  const { actions, stopped } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <>
      <PageHeader title={t("title")} description={t("adminDescription")} actions={!stopped && <StopFleet />} />
      {stopped && (
        <Callout tone="danger" title={t("fleet.stopped")} action={<ResumeFleet />} className="mb-6">
          {t("fleet.stoppedBody")}
        </Callout>
      )}
      <DecidedNotice answer={answer} />
      <ActionList
        actions={actions}
        to={({ tenantId, id }) => `/admin/clients/${tenantId}/approvals/${id}`}
        decides
        refusals={answer && "reasons" in answer ? answer : undefined}
        client={({ tenantId, tenantName = tenantId }) => <ClientName id={tenantId} name={tenantName} />}
        empty={
          <EmptyState icon={Inbox} title={t("adminEmpty")}>
            {t("adminEmptyBody")}
          </EmptyState>
        }
      />
    </>
  );
}

function StopFleet() {
  const t = useWords();
  return (
    <ConfirmButton title={t("fleet.title")} description={t("fleet.body")} confirmLabel={t("fleet.button")} fields={{ intent: "stop" }}>
      <OctagonX aria-hidden />
      {t("fleet.button")}
    </ConfirmButton>
  );
}

function ResumeFleet() {
  const t = useWords();
  return (
    <ConfirmButton
      size="sm"
      title={t("fleet.resumeTitle")}
      description={t("fleet.resumeBody")}
      confirmLabel={t("fleet.resume")}
      confirmVariant="primary"
      fields={{ intent: "resume" }}
    >
      <Play aria-hidden data-mirror />
      {t("fleet.resume")}
    </ConfirmButton>
  );
}
