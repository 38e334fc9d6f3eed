import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { None } from "#app/components/ui/none.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("incidents", "admin");

type Incident = Outputs["incidents"]["list"]["open"][number];

/** Incidents, each with what happens, since when, to how many clients, and the jobs that wait for it. */
export function IncidentTable({ caption, incidents, empty }: { caption: string; incidents: readonly Incident[]; empty?: ReactNode }) {
  const t = useWords();
  const format = useFormat();
  const over: Column<Incident> = {
    key: "lasted",
    header: t("lasted"),
    named: true,
    cell: ({ openedAt, closedAt }) => (closedAt === null ? null : format.duration(closedAt - openedAt)),
  };
  const seen: Column<Incident> = {
    key: "seen",
    header: t("lastSeen"),
    named: true,
    cell: ({ lastSeenAt }) => <Time at={lastSeenAt} />,
  };
  return (
    <Table
      caption={caption}
      rows={incidents}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "provider",
          header: t("provider"),
          primary: true,
          cell: ({ id, provider, providerName }) => (
            <Link
              to={`/admin/incidents/${id}`}
              prefetch="intent"
              className="-my-1 flex min-w-0 items-center gap-3 rounded-sm transition-colors hover:text-accent"
            >
              <ProviderMark id={provider} name={providerName} small />
              {providerName}
            </Link>
          ),
        },
        {
          key: "kind",
          header: t("kind"),
          aside: true,
          cell: ({ kind, closedAt }) => (
            <Badge tone={closedAt !== null ? "neutral" : kind === "misconfigured" ? "danger" : "warn"}>{t(`kinds.${kind}`)}</Badge>
          ),
        },
        {
          key: "since",
          header: t("admin:incident.since"),
          named: true,
          cell: ({ openedAt }) => <Time at={openedAt} style="dateTime" />,
        },
        incidents.some(({ closedAt }) => closedAt !== null) ? over : seen,
        {
          key: "clients",
          header: t("clients"),
          named: true,
          className: "tabular-nums",
          cell: ({ tenantsFailing, tenantsUsing }) => t("clientsOf", { failing: tenantsFailing, using: tenantsUsing }),
        },
        { key: "jobs", header: t("jobs"), spare: true, cell: ({ jobs }) => <Jobs jobs={jobs} /> },
      ]}
    />
  );
}

function Jobs({ jobs }: Pick<Incident, "jobs">) {
  const t = useWords();
  const { locale } = useDisplay();
  if (jobs.length === 0) return <None>{t("noJobs")}</None>;
  return <span className="text-[0.8125rem]">{new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale]))}</span>;
}
