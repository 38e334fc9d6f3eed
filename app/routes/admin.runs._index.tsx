import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CirclePlay, SearchX } from "lucide-react";
import { readColumns } from "#app/columns.ts";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { ClientName } from "#app/components/admin/client-link.tsx";
import { ColumnPicker } from "#app/components/admin/column-picker.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { STATUSES } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations", "runs", "admin");

const HOUR_MS = 3_600_000;
const PERIODS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
const PERIOD_NAMES = Object.keys(PERIODS) as (keyof typeof PERIODS)[];

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "job", "status", "since", "cursor"]);
  const filters = { ...asked, status: choiceOf(asked.status, STATUSES), since: choiceOf(asked.since, PERIOD_NAMES) };
  const picked = await pickClient(args);
  const page = await api.runs.all({
    tenantId: picked.id,
    job: filters.job,
    status: filters.status,
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
  const filtered = Boolean(filters.client || filters.job || filters.status || filters.since);
  return (
    <>
      <PageHeader title={t("runs.title")} description={t("runs.description")} />
      <div className="flex gap-3 [&>search]:flex-1">
        <FilterForm active={filtered}>
          <ClientFilter picked={picked} />
          <Field label={t("runs:runs.job")}>
            <Select
              name="job"
              required={false}
              defaultValue={filters.job ?? ""}
              options={[{ value: "", label: t("runs:runs.anyJob") }, ...jobs.map(({ id, title }) => ({ value: id, label: title }))]}
            />
          </Field>
          <Field label={t("runs:runs.status")}>
            <Select
              name="status"
              required={false}
              defaultValue={filters.status ?? ""}
              options={[
                { value: "", label: t("runs:runs.anyStatus") },
                ...STATUSES.map((status) => ({ value: status, label: t(`runs:status.${status}`) })),
              ]}
            />
          </Field>
          <Field label={t("runs.since")}>
            <Select
              name="since"
              required={false}
              defaultValue={filters.since ?? ""}
              options={[
                { value: "", label: t("runs.anyTime") },
                ...PERIOD_NAMES.map((period) => ({ value: period, label: t(`runs.period.${period}`) })),
              ]}
            />
          </Field>
        </FilterForm>
        <ColumnPicker
          table="runs"
          shown={shown}
          labels={{
            client: t("admin:filter.client"),
            status: t("runs:runs.status"),
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
        <CursorPages next={page.next} summary={t("runs:runs.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
