import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CirclePlay } from "lucide-react";
import { ClientCosts } from "#app/components/admin/client-costs.tsx";
import { ClientFigures } from "#app/components/admin/client-figures.tsx";
import { ClientRecord, KlaviyoRecord } from "#app/components/admin/client-record.tsx";
import { ConnectionTable } from "#app/components/admin/connection-table.tsx";
import { JobTable } from "#app/components/admin/job-table.tsx";
import { OwedAccess } from "#app/components/client/owed-access.tsx";
import { PlanTerms } from "#app/components/client/plan-terms.tsx";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("clients", "admin");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [client, plan, overview, integrations, costs] = await Promise.all([
    api.clients.get({ tenant }),
    api.clients.plan({ tenant }),
    api.overview.ofClient({ tenant, locale: args.context.locale }),
    api.connections.list({ tenant }),
    api.clients.costs({ tenant }),
  ]);
  return { title: titleOf(client.name), client, plan, overview, integrations, costs };
}

/** `intent` says what is done: `run` a job now, `check` a connection now, or `settle-owed`: access was removed at its provider by hand. */
export async function action(args: ActionFunctionArgs) {
  const form = await args.request.formData();
  const admin = enterAdmin(args);
  try {
    const intent = String(form.get("intent"));
    admin.toast(await (intent === "check" ? check : intent === "settle-owed" ? settle : run)(args, form));
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(new URL(args.request.url).pathname);
}

async function run({ params, context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const job = String(form.get("job"));
  await api.scripts.run({ tenant: String(params.tenant), job });
  const title = (await api.runs.jobs()).find(({ id }) => id === job)?.title[locale] ?? job;
  return { kind: "success", message: wordsIn(locale)("clients:jobs.started", { job: title }) } as const;
}

async function check({ params, context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const account = String(form.get("account"));
  const { health } = await api.connections.probe({ tenant: String(params.tenant), connectionId: String(form.get("connectionId")) });
  const t = wordsIn(locale);
  const words = { account, words: health.words[locale] };
  if (health.state === "healthy" || health.state === "expiring") return { kind: "success", message: t("forms:probe.ok", words) } as const;
  return { kind: health.state === "degraded" ? "info" : "error", message: t("forms:probe.failed", words) } as const;
}

async function settle({ params, context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  await api.connections.settleOwed({ tenant: String(params.tenant), owedId: String(form.get("owedId")) });
  return { kind: "success", message: wordsIn(locale)("account:owed.removedToast") } as const;
}

export default function ClientHealth() {
  const t = useWords();
  const { client, plan, overview, integrations, costs } = useLoaderData<typeof loader>();
  const { titleOfJob } = useAdmin();
  const failure = useActionData<typeof action>();
  const providerName = (id: string) => integrations.find(({ provider }) => provider === id)?.name ?? id;
  useLive(
    overview.runs.some(({ status }) => isOpen(status)),
    (api) => api.runs.all.query({ tenantId: client.id, limit: 10 }),
  );
  return (
    <>
      <FormMessage failure={failure} />
      <Section title={t("connections.title")} description={t("connections.description")}>
        <OwedAccess integrations={integrations} settles />
        <ConnectionTable integrations={integrations} />
      </Section>
      <Section title={t("jobs.title")} description={t("jobs.description")}>
        <JobTable sensors={overview.sensors} providers={integrations} startable={client.status !== "suspended"} />
      </Section>
      <Section
        title={t("admin:runs.latest")}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link to={`/admin/runs?client=${client.id}`}>{t("admin:runs.all")}</Link>
          </Button>
        }
      >
        <LatestRuns runs={overview.runs} />
      </Section>
      <Section title={t("figures.title")} description={t("figures.description")}>
        <ClientFigures sensors={overview.sensors} />
      </Section>
      <Section title={t("costs.title")} description={t("costs.description")}>
        <ClientCosts costs={costs} />
      </Section>
      <Section title={t("record.section")}>
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <div className="grid grid-cols-1 gap-4">
            <ClientRecord client={client} providerName={providerName} />
            {client.klaviyo && <KlaviyoRecord klaviyo={client.klaviyo} />}
          </div>
          <PlanTerms plan={plan} jobTitle={titleOfJob} providerName={providerName} />
        </div>
      </Section>
    </>
  );
}

function LatestRuns({ runs }: { runs: Outputs["overview"]["ofClient"]["runs"] }) {
  const t = useWords();
  return (
    <Card padding="none">
      <RunTable
        caption={t("admin:runs.latest")}
        base="/admin/runs"
        runs={runs}
        empty={
          <EmptyState icon={CirclePlay} title={t("admin:runs.emptyTitle")}>
            {t("admin:runs.emptyBody")}
          </EmptyState>
        }
      />
    </Card>
  );
}
