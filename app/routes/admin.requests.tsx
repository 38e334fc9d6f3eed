import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Inbox } from "lucide-react";
import { DecidedRequests, WaitingRequest } from "#app/components/admin/workspace-requests.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Inputs } from "#server/trpc/root.ts";

const useWords = wordsOf("requests");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [all, { plan }] = await Promise.all([api.requests.list(), api.agency.defaults()]);
  return {
    title: titleOf(wordsIn(locale)("requests:title")),
    plan,
    waiting: all.filter(({ decision }) => decision === null),
    decided: all.filter(({ decision }) => decision !== null),
  };
}

/** Makes the client and invites who asked, or says no. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const t = wordsIn(locale);
  const workspaceRequestId = text("workspaceRequestId");
  try {
    if (text("intent") === "decline") {
      await api.requests.decline({ workspaceRequestId });
      toast({ kind: "success", message: t("requests:declinedToast") });
      return redirect("/admin/requests");
    }
    const plan = text("plan") as Inputs["requests"]["approve"]["plan"];
    const client = await api.requests.approve({ workspaceRequestId, id: text("id"), name: text("name"), plan });
    toast({ kind: "success", message: t("requests:approvedToast", { name: client.name, email: text("email") }) });
    return redirect(`/admin/clients/${client.id}`);
  } catch (error) {
    return formFailure(error, args, form);
  }
}

/** Who asks for a workspace, each with the form that makes the client. */
export default function Requests() {
  const t = useWords();
  const { waiting, decided, plan } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      {/* Of one that waits no more there is no form to say it. */}
      {failure && !waiting.some(({ id }) => id === failure.values.workspaceRequestId) && (
        <div className="mb-4">
          <FormMessage failure={failure} />
        </div>
      )}
      {waiting.length === 0 ? (
        <Card padding="none">
          <EmptyState icon={Inbox} title={t("emptyTitle")}>
            {t("emptyBody")}
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid grid-cols-1 gap-4">
          {waiting.map((request) => (
            <WaitingRequest
              key={request.id}
              request={request}
              plan={plan}
              failure={failure?.values.workspaceRequestId === request.id ? failure : undefined}
            />
          ))}
        </ul>
      )}
      {decided.length > 0 && (
        <Section title={t("decided")}>
          <Card padding="none">
            <DecidedRequests requests={decided} />
          </Card>
        </Section>
      )}
    </>
  );
}
