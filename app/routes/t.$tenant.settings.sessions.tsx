import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { LogOut, Monitor, Smartphone } from "lucide-react";
import { deviceOf } from "#app/components/client/device.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterOwn } from "#app/portal/enter-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterOwn(args);
  const t = wordsIn(args.context.locale);
  return { title: titleOf(t("settings:settings.sessions"), tenant.name), sessions: await args.context.api.me.sessions() };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const sessionId = String(form.get("sessionId") ?? "");
  const t = wordsIn(context.locale);
  try {
    if (sessionId) await context.api.me.revokeSession({ sessionId });
    else await context.api.me.revokeOtherSessions();
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: t(sessionId ? "settings:sessions.ended" : "settings:sessions.othersEnded") });
  return redirect(new URL(request.url).pathname);
}

export default function Sessions() {
  const t = useWords();
  const { sessions } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const nameOf = ({ userAgent }: { userAgent: string }) => {
    const { browser, system } = deviceOf(userAgent);
    if (browser && system) return t("sessions.on", { browser, system });
    return browser ?? system ?? t("sessions.unknownDevice");
  };
  return (
    <Section
      title={t("settings.sessions")}
      description={t("sessions.description")}
      actions={
        sessions.length > 1 && (
          <ConfirmButton
            size="sm"
            title={t("sessions.endOthersTitle")}
            description={t("sessions.endOthersBody")}
            confirmLabel={t("sessions.endOthers")}
            fields={{}}
          >
            <LogOut aria-hidden data-mirror />
            {t("sessions.endOthers")}
          </ConfirmButton>
        )
      }
    >
      <FormMessage failure={failure} />
      <Card padding="none">
        <Table
          caption={t("sessions.caption")}
          rows={sessions}
          rowKey={({ id }) => id}
          columns={[
            {
              key: "device",
              header: t("sessions.device"),
              primary: true,
              cell: (session) => {
                const Icon = deviceOf(session.userAgent).mobile ? Smartphone : Monitor;
                return (
                  <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                    <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" />
                    {nameOf(session)}
                    {session.current && <Badge tone="ok">{t("sessions.current")}</Badge>}
                  </span>
                );
              },
            },
            {
              key: "address",
              header: t("sessions.address"),
              cell: ({ ip }) => <bdi className="font-mono text-[0.8125rem]">{ip}</bdi>,
            },
            { key: "used", header: t("sessions.lastUsed"), named: true, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
            { key: "since", header: t("sessions.since"), named: true, cell: ({ createdAt }) => <Time at={createdAt} style="date" /> },
            {
              key: "actions",
              header: <span className="sr-only">{t("sessions.actions")}</span>,
              actions: true,
              cell: (session) =>
                !session.current && (
                  <ConfirmButton
                    size="sm"
                    variant="ghost"
                    title={t("sessions.endTitle", { device: nameOf(session) })}
                    description={t("sessions.endBody", { device: nameOf(session) })}
                    confirmLabel={t("sessions.end")}
                    fields={{ sessionId: session.id }}
                  >
                    {t("sessions.end")}
                    <span className="sr-only">: {nameOf(session)}</span>
                  </ConfirmButton>
                ),
            },
          ]}
        />
      </Card>
    </Section>
  );
}
