import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { ChartNoAxesColumn, CircleCheck, Gauge, OctagonX, Play, RotateCw } from "lucide-react";
import { ClientName } from "#app/components/admin/client-link.tsx";
import { Sparkline } from "#app/components/charts/sparkline.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Tick } from "#app/components/ui/checkbox.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { formFailure } from "#app/form-errors.ts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("load");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  return { title: titleOf(wordsIn(locale)("load:title")), ...(await api.health.load()) };
}

/** Stops all actions of the clients that were chosen, or lets them go on. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  const tenants = form.getAll("tenant").map(String);
  const intent = form.get("intent");
  if (intent !== "stop" && intent !== "resume") throw new Response("Unknown intent", { status: 422 });
  const stops = intent === "stop";
  try {
    const { done, kept } = await api.policies.stopMany({ tenants, stops });
    const said = [
      ...(done > 0 || kept.length === 0 ? [t(stops ? "load:backlog.stopped" : "load:backlog.resumed", { count: done })] : []),
      ...(kept.length > 0 ? [t("load:backlog.kept", { clients: new Intl.ListFormat(locale).format(kept) })] : []),
    ];
    toast({ kind: done === 0 ? "info" : "success", message: tenants.length === 0 ? t("load:backlog.none") : said.join(" ") });
  } catch (error) {
    return formFailure(error, args, form, []);
  }
  return redirect("/admin/load");
}

/** What runs in the whole fleet, what waits, and what is near a limit. */
export default function LoadPage() {
  const t = useWords();
  const { minutes, backlog, waiting, tight, budgets } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          <Button asChild>
            <Link to="." preventScrollReset>
              <RotateCw aria-hidden />
              {t("refresh")}
            </Link>
          </Button>
        }
      />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      <Section title={t("rates.title")} description={t("rates.description")}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Rate title={t("rates.runs")} values={minutes.map(({ runs }) => runs)} />
          <Rate title={t("rates.actions")} values={minutes.map(({ actions }) => actions)} />
        </div>
      </Section>
      <BacklogSection backlog={backlog} waiting={waiting} />
      <TightSection tight={tight} />
      <BudgetSection budgets={budgets} />
    </>
  );
}

type Loaded = ReturnType<typeof useLoaderData<typeof loader>>;

function Rate({ title, values }: { title: string; values: readonly number[] }) {
  const t = useWords();
  const format = useFormat();
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <Card>
      <h3 className="text-[0.8125rem] font-medium text-ink-muted">{title}</h3>
      <p className="mt-1 text-2xl font-semibold tabular-nums text-ink">{format.count(values.at(-1) ?? 0)}</p>
      <div className="mt-3">
        <Sparkline values={values} />
      </div>
      <p className="mt-2 text-[0.8125rem] text-ink-faint">
        {t("rates.hour", { count: total })} · {t("rates.peak", { count: Math.max(...values) })}
      </p>
    </Card>
  );
}

const FORM = "backlog";

function BacklogSection({ backlog, waiting }: Pick<Loaded, "backlog" | "waiting">) {
  const t = useWords();
  const format = useFormat();
  const { clients, runs, actions } = waiting;
  return (
    <Section
      title={t("backlog.title")}
      description={
        clients === 0
          ? t("backlog.description")
          : `${t("backlog.description")} ${t("backlog.totals", { clients: format.count(clients), runs: format.count(runs), actions: format.count(actions) })}`
      }
    >
      <Card padding="none">
        <Table
          caption={t("backlog.title")}
          rows={backlog}
          rowKey={({ tenantId }) => tenantId}
          empty={
            <EmptyState icon={CircleCheck} title={t("backlog.emptyTitle")}>
              {t("backlog.emptyBody")}
            </EmptyState>
          }
          columns={[
            {
              key: "client",
              header: t("backlog.client"),
              primary: true,
              cell: ({ tenantId, tenantName, stopped }) => (
                <span className="flex items-center gap-3">
                  <Choice tenantId={tenantId} label={t("backlog.choose", { client: tenantName })} />
                  <ClientName id={tenantId} name={tenantName} />
                  {stopped && <Badge tone="warn">{t("backlog.stopped")}</Badge>}
                </span>
              ),
            },
            { key: "runs", header: t("backlog.runs"), align: "end", cell: ({ runs }) => format.count(runs) },
            { key: "actions", header: t("backlog.actions"), align: "end", cell: ({ actions }) => format.count(actions) },
            { key: "oldest", header: t("backlog.oldest"), named: true, cell: ({ oldestAt }) => <Time at={oldestAt} /> },
          ]}
        />
        {backlog.length > 0 && (
          <Form id={FORM} method="post" preventScrollReset className="grid gap-3 border-t border-line px-5 py-4">
            <p className="text-[0.8125rem] text-ink-muted">{t("backlog.stopHint")}</p>
            <div className="flex flex-wrap gap-2">
              <SubmitButton name="intent" value="stop" variant="danger" size="sm">
                <OctagonX aria-hidden />
                {t("backlog.stop")}
              </SubmitButton>
              <SubmitButton name="intent" value="resume" variant="secondary" size="sm">
                <Play aria-hidden data-mirror />
                {t("backlog.resume")}
              </SubmitButton>
            </div>
          </Form>
        )}
      </Card>
    </Section>
  );
}

function Choice({ tenantId, label }: { tenantId: string; label: string }) {
  return (
    <span className="relative grid size-4.5 shrink-0 place-items-center">
      <input
        form={FORM}
        type="checkbox"
        name="tenant"
        value={tenantId}
        aria-label={label}
        className="peer absolute inset-0 appearance-none rounded-[0.3125rem] border border-line-control bg-sunken transition-colors checked:border-accent checked:bg-accent"
      />
      <Tick />
    </span>
  );
}

function TightSection({ tight }: Pick<Loaded, "tight">) {
  const t = useWords();
  const format = useFormat();
  return (
    <Section title={t("limits.title")} description={t("limits.description")}>
      <Card padding="none">
        <Table
          caption={t("limits.title")}
          rows={tight}
          rowKey={({ connectionId, limit }) => `${connectionId} ${limit}`}
          empty={
            <EmptyState icon={Gauge} title={t("limits.emptyTitle")}>
              {t("limits.emptyBody")}
            </EmptyState>
          }
          columns={[
            {
              key: "account",
              header: t("limits.account"),
              primary: true,
              cell: ({ account, providerName, tenantId, tenantName }) => (
                <NameAndNote note={<ClientName id={tenantId} name={tenantName} />}>
                  <span>
                    {providerName} · <bdi>{account}</bdi>
                  </span>
                </NameAndNote>
              ),
            },
            {
              key: "limit",
              header: t("limits.limit"),
              cell: ({ limit }) => (
                <span dir="ltr" className="font-mono text-[0.8125rem]">
                  {limit}
                </span>
              ),
            },
            { key: "used", header: t("limits.used"), align: "end", cell: ({ share }) => format.ratio(share) },
            { key: "waits", header: t("limits.waits"), align: "end", cell: ({ waits }) => format.count(waits) },
            { key: "at", header: t("limits.at"), named: true, cell: ({ at }) => <Time at={at} /> },
          ]}
        />
      </Card>
    </Section>
  );
}

function BudgetSection({ budgets }: Pick<Loaded, "budgets">) {
  const t = useWords();
  const format = useFormat();
  const { locale } = useDisplay();
  return (
    <Section title={t("errors.title")} description={t("errors.description")}>
      <Card padding="none">
        <Table
          caption={t("errors.title")}
          rows={budgets}
          rowKey={({ job }) => job}
          empty={
            <EmptyState icon={ChartNoAxesColumn} title={t("errors.emptyTitle")}>
              {t("errors.emptyBody")}
            </EmptyState>
          }
          columns={[
            {
              key: "job",
              header: t("errors.job"),
              primary: true,
              cell: ({ job, title }) => (
                <Link to={`/admin/runs?job=${job}`} className="rounded-sm transition-colors hover:text-accent">
                  {title[locale]}
                </Link>
              ),
            },
            { key: "ended", header: t("errors.ended"), align: "end", cell: ({ ended }) => format.count(ended) },
            { key: "failed", header: t("errors.failed"), align: "end", cell: ({ failed }) => format.count(failed) },
            {
              key: "used",
              header: t("errors.used"),
              align: "end",
              cell: ({ used }) => <span className={used > 1 ? "font-medium text-danger" : undefined}>{format.ratio(used)}</span>,
            },
          ]}
        />
      </Card>
    </Section>
  );
}
