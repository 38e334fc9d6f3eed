import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, Outlet, useActionData, useLoaderData } from "@remix-run/react";
import { CirclePause, CirclePlay, Eye } from "lucide-react";
import { ClientStatus } from "#app/components/admin/client-status.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { formFailure } from "#app/form-errors.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { safeReturnPath } from "#app/return-path.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("clients", "common", "admin");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  return { title: titleOf(client.name), client };
}

/** Suspends the client or lets it run again (`status`), and goes back to the tab that asked. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const status = form.get("status") === "suspended" ? "suspended" : "active";
  try {
    const client = await api.clients.update({ tenant: String(args.params.tenant), status });
    toast({ kind: "success", message: wordsIn(locale)(`clients:client.done.${status}`, { client: client.name }) });
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(safeReturnPath(form.get("returnTo")));
}

/** One client: who it is, how it stands, and its tabs. */
export default function Client() {
  const t = useWords();
  const { client } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const format = useFormat();
  const base = `/admin/clients/${client.id}`;
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("clients.title"), to: "/admin/clients" }, { label: client.name }]} />}
        title={<bdi className="[overflow-wrap:anywhere]">{client.name}</bdi>}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <ClientStatus status={client.status} />
            <code className="font-mono text-[0.8125rem]">{client.id}</code>
            <span>{t(`common:plan.${client.plan}`)}</span>
            <span>{t(`admin:vertical.${client.vertical}`)}</span>
          </span>
        }
        actions={
          <>
            <Form method="post" action="/view">
              <SubmitButton variant="secondary" name="begin" value={client.id}>
                <Eye aria-hidden />
                {t("client.view")}
              </SubmitButton>
            </Form>
            <StatusButton />
          </>
        }
      />
      <FormMessage failure={failure} />
      {client.endsAt !== null && (
        <Callout tone="danger" title={t("client.endsTitle", { date: format.date(client.endsAt) })} className="mb-6">
          {t("client.endsBody")}
        </Callout>
      )}
      {client.status === "suspended" && (
        <Callout tone="warn" title={t("client.suspendedTitle")} className="mb-6">
          {t("client.suspendedBody")}
        </Callout>
      )}
      <Tabs
        className="mb-6"
        label={client.name}
        items={[
          { to: base, label: t("client.tabs.health"), end: true },
          { to: `${base}/automations`, label: t("client.tabs.automations") },
          { to: `${base}/renewals`, label: t("client.tabs.renewals") },
          { to: `${base}/check`, label: t("check.tab") },
          { to: `${base}/settings`, label: t("client.tabs.settings") },
          { to: `${base}/team`, label: t("client.tabs.team") },
          { to: `${base}/data`, label: t("client.tabs.data") },
        ]}
      />
      {/* A first section begins right below the tabs. */}
      <div>
        <Outlet />
      </div>
    </>
  );
}

function StatusButton() {
  const t = useWords();
  const { client } = useLoaderData<typeof loader>();
  const base = `/admin/clients/${client.id}`;
  if (client.status === "suspended") {
    return (
      <ConfirmButton
        action={base}
        title={t("client.activateTitle", { client: client.name })}
        description={t("client.activateBody")}
        confirmLabel={t("client.activate")}
        confirmVariant="primary"
        fields={{ status: "active", returnTo: base }}
      >
        <CirclePlay aria-hidden />
        {t("client.activate")}
      </ConfirmButton>
    );
  }
  return (
    <>
      {client.status === "onboarding" && (
        <ConfirmButton
          action={base}
          title={t("client.startTitle", { client: client.name })}
          description={t("client.startBody")}
          confirmLabel={t("client.start")}
          confirmVariant="primary"
          fields={{ status: "active", returnTo: base }}
        >
          <CirclePlay aria-hidden />
          {t("client.start")}
        </ConfirmButton>
      )}
      <ConfirmButton
        variant="ghost"
        action={base}
        title={t("client.suspendTitle", { client: client.name })}
        description={t("client.suspendBody")}
        confirmLabel={t("client.suspend")}
        fields={{ status: "suspended", returnTo: base }}
      >
        <CirclePause aria-hidden />
        {t("client.suspend")}
      </ConfirmButton>
    </>
  );
}
