import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CirclePlay, CircleX, SearchX } from "lucide-react";
import { readColumns } from "#app/columns.ts";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { ClientName } from "#app/components/admin/client-link.tsx";
import { ColumnPicker } from "#app/components/admin/column-picker.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { isOpen, STATUSES } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { None } from "#app/components/ui/none.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { runErrorKinds } from "#db/words/runs.ts";

const useWords = wordsOf("operations", "runs", "admin");

const HOUR_MS = 3_600_000;
const PERIODS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
const PERIOD_NAMES = Object.keys(PERIODS) as (keyof typeof PERIODS)[];

const FILTERS = ["client", "job", "provider", "status", "cause", "calls", "since"] as const;
/** So many calls to providers at least. */
const CALLS = ["10", "100", "1000"] as const;

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "job", "provider", "status", "cause", "calls", "since", "cursor"]);
  const filters = {
    ...asked,
    status: choiceOf(asked.status, STATUSES),
    cause: choiceOf(asked.cause, runErrorKinds),
    calls: choiceOf(asked.calls, CALLS),
    since: choiceOf(asked.since, PERIOD_NAMES),
  };
  const picked = await pickClient(args);
  const page = await api.runs.all({
    tenantId: picked.id,
    job: filters.job,
    provider: filters.provider,
    status: filters.status,
    cause: filters.cause,
    minCalls: filters.calls && Number(filters.calls),
    since: filters.since && Date.now() - PERIODS[filters.since],
    cursor: filters.cursor,
  });
  const shown = readColumns(args.request.headers.get("Cookie"), "runs");
  return { title: titleOf(wordsIn(locale)("operations:runs.title")), filters, picked, shown, page };
}

export default function Runs() {
  const t = useWords();
  const { filters, picked, shown, page } = useLoaderData<typeof loader>();
  const { jobs, titleOfJob } = useAdmin();
  const format = useFormat();
  const filtered = FILTERS.some((name) => filters[name]);
  const looked = Boolean(filters.cause || filters.calls);
  const bulk = new URLSearchParams(
    (["client", "job", "provider", "status"] as const).flatMap((name) => {
      const value = filters[name];
      return value && (name !== "status" || isOpen(filters.status ?? "dead")) ? [[name, value]] : [];
    }),
  );
  return (
    <>
      <PageHeader
        title={t("runs.title")}
        description={t("runs.description")}
        actions={
          <Button asChild>
            <Link to={`/admin/runs/cancel${bulk.size > 0 ? `?${bulk}` : ""}`}>
              <CircleX aria-hidden />
              {t("bulk.cancel.open")}
            </Link>
          </Button>
        }
      />
      <div className="flex gap-3 [&>search]:flex-1">
        <FilterForm active={filtered}>
          <ClientFilter picked={picked} />
          <FilterSelect
            name="job"
            label={t("runs:runs.job")}
            value={filters.job}
            any={t("runs:runs.anyJob")}
            options={jobs.map(({ id, title }) => ({ value: id, label: title }))}
          />
          <FilterSelect
            name="provider"
            label={t("runs.provider")}
            value={filters.provider}
            any={t("runs.anyProvider")}
            options={page.providers.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <FilterSelect
            name="status"
            label={t("runs:runs.status")}
            value={filters.status}
            any={t("runs:runs.anyStatus")}
            options={STATUSES.map((status) => ({ value: status, label: t(`runs:status.${status}`) }))}
          />
          <FilterSelect
            name="cause"
            label={t("runs.cause")}
            value={filters.cause}
            any={t("runs.anyCause")}
            options={runErrorKinds.map((kind) => ({ value: kind, label: t(`runs:runError.${kind}.title`) }))}
          />
          <FilterSelect
            name="calls"
            label={t("runs.calls")}
            value={filters.calls}
            any={t("runs.anyCalls")}
            options={CALLS.map((calls) => ({ value: calls, label: t("runs.callsFrom", { calls: format.count(Number(calls)) }) }))}
          />
          <FilterSelect
            name="since"
            label={t("runs.since")}
            value={filters.since}
            any={t("runs.anyTime")}
            options={PERIOD_NAMES.map((period) => ({ value: period, label: t(`runs.period.${period}`) }))}
          />
        </FilterForm>
        <ColumnPicker
          table="runs"
          shown={shown}
          labels={{
            client: t("admin:filter.client"),
            provider: t("runs.provider"),
            status: t("runs:runs.status"),
            cause: t("runs.cause"),
            calls: t("runs.calls"),
            trigger: t("runs:runs.trigger"),
            started: t("runs:runs.started"),
            took: t("runs:runs.took"),
          }}
        />
      </div>
      <Card padding="none">
        <RunTable
          caption={t("runs.title")}
          base="/admin/runs"
          shown={shown}
          runs={page.items.map((run) => ({ ...run, title: titleOfJob(run.job) }))}
          more={[
            {
              key: "client",
              header: t("admin:filter.client"),
              cell: ({ tenantId, tenantName }) => <ClientName id={tenantId} name={tenantName} />,
            },
            {
              key: "provider",
              header: t("runs.provider"),
              spare: true,
              cell: ({ providers }) => (providers.length > 0 ? <span className="line-clamp-1">{providers.join(", ")}</span> : <None />),
            },
            {
              key: "cause",
              header: t("runs.cause"),
              className: "@max-[40rem]:order-last",
              cell: ({ errorKind }) =>
                errorKind ? <span className="line-clamp-1 max-w-[30ch]">{t(`runs:runError.${errorKind}.title`)}</span> : <None />,
            },
            {
              key: "calls",
              header: t("runs.calls"),
              align: "end",
              cell: ({ calls }) => (calls > 0 ? format.count(calls) : <None>{format.count(0)}</None>),
            },
          ]}
          empty={
            filtered ? (
              <EmptyState icon={SearchX} title={t("runs:runs.noneFound")}>
                {t("runs.noneFoundBody")}
              </EmptyState>
            ) : (
              <EmptyState icon={CirclePlay} title={t("admin:runs.emptyTitle")}>
                {t("admin:runs.emptyBody")}
              </EmptyState>
            )
          }
        />
        <CursorPages
          next={page.next}
          summary={looked ? t("runs.looked", { count: page.items.length }) : t("runs:runs.shown", { count: page.items.length })}
        />
      </Card>
    </>
  );
}
