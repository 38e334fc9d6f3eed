import { Form } from "@remix-run/react";
import type { ReactNode } from "react";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { None } from "#app/components/ui/none.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink, ClientName } from "./client-link.tsx";
import { DuringIncident } from "./during-incident.tsx";

const useWords = wordsOf("operations", "admin");

/** So many are reached by one press, see `cancelRuns`, `replayLetters` and `remindClients`. */
export const AT_ONCE = 50;

export interface BulkPageProps {
  /** The page that it belongs to. */
  of: { label: string; to: string };
  title: string;
  description: string;
  failure: FormFailure | undefined;
  /** The fields that choose among all, where some can be chosen. */
  filters?: { active: boolean; fields: ReactNode };
  plan: Omit<Outputs["runs"]["cancellable"], "groups"> & {
    /** `job` where they are a job's. */
    groups: readonly { tenantId: string | null; tenantName: string | null; job?: string | null; count: number }[];
  };
  button: string;
  tone: "danger" | "primary";
  icon: ReactNode;
  /** What is counted of each client. */
  counted: string;
  /** Whether it is of use only where the providers are well. */
  needsProviders?: boolean;
  empty: ReactNode;
}

/**
 * A deed on many, in two steps: first whom it would reach, by client and job, then the one button that does it, to none that came since
 * (`until`).
 */
export function BulkPage({
  of,
  title,
  description,
  failure,
  filters,
  plan,
  button,
  tone,
  icon,
  counted,
  needsProviders,
  empty,
}: BulkPageProps) {
  const t = useWords();
  const format = useFormat();
  const { titleOfJob } = useAdmin();
  const { found, more, until, groups } = plan;
  const jobs = groups.flatMap(({ job }) => job ?? []);
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[of, { label: title }]} />} title={title} description={description} />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      {filters && <FilterForm active={filters.active}>{filters.fields}</FilterForm>}
      {found > 0 && (
        <Callout
          tone={tone === "danger" ? "warn" : "info"}
          title={more ? t("bulk.totalMore", { found: format.count(found) }) : t("bulk.total", { count: found })}
          className="mb-4"
        >
          <p>{t("bulk.batches")}</p>
          <Form method="post" className="mt-3">
            <input type="hidden" name="until" value={until ?? ""} />
            <SubmitButton variant={tone}>
              {icon}
              {button}
            </SubmitButton>
          </Form>
          {needsProviders && <DuringIncident jobs={jobs} />}
        </Callout>
      )}
      <Card padding="none">
        <Table
          caption={title}
          rows={groups}
          rowKey={({ tenantId, job }) => `${tenantId} ${job}`}
          empty={empty}
          columns={[
            {
              key: "client",
              header: t("admin:filter.client"),
              primary: true,
              cell: ({ tenantId, tenantName }) =>
                tenantId === null ? (
                  <None />
                ) : tenantName === null ? (
                  <ClientLink id={tenantId} />
                ) : (
                  <ClientName id={tenantId} name={tenantName} />
                ),
            },
            ...(groups.some(({ job }) => job !== undefined)
              ? [
                  {
                    key: "job",
                    header: t("deadLetters.job"),
                    cell: ({ job }: (typeof groups)[number]) => (job ? titleOfJob(job) : t("bulk.noJob")),
                  },
                ]
              : []),
            { key: "count", header: counted, align: "end", aside: true, cell: ({ count }) => format.count(count) },
          ]}
        />
      </Card>
    </>
  );
}
