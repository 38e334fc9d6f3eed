import { Link } from "#app/components/ui/link.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientName } from "./client-link.tsx";

const useWords = wordsOf("incidents", "admin", "account");

type Hit = Outputs["incidents"]["get"]["hit"][number];

/** Whom an incident hits: each account by its client, since when, what the provider said, and the jobs that are paused. */
export function HitTable({ hit }: { hit: readonly Hit[] }) {
  const t = useWords();
  const { locale } = useDisplay();
  return (
    <Table
      caption={t("hit.title")}
      rows={hit}
      rowKey={({ connectionId }) => connectionId}
      columns={[
        {
          key: "client",
          header: t("admin:filter.client"),
          primary: true,
          cell: ({ tenantId, tenantName }) => <ClientName id={tenantId} name={tenantName} />,
        },
        {
          key: "account",
          header: t("hit.account"),
          spare: true,
          cell: ({ account }) => (
            <span className="line-clamp-1">
              <bdi>{account}</bdi>
            </span>
          ),
        },
        {
          key: "since",
          header: t("hit.since"),
          aside: true,
          cell: ({ failingSince, failedAt }) => {
            const at = failingSince ?? failedAt;
            return at === null ? <None /> : <Time at={at} />;
          },
        },
        {
          key: "said",
          header: t("hit.said"),
          cell: ({ kind, errorMessage, runId }) => {
            const said = errorMessage ?? (kind && t(`account:probe.${kind}`));
            if (!said) return <None />;
            const line = (
              <span title={said} className="line-clamp-1 max-w-[40ch]">
                <bdi>{said}</bdi>
              </span>
            );
            if (runId === null) return line;
            return (
              <Link to={`/admin/runs/${runId}`} className="rounded-sm transition-colors hover:text-accent">
                {line}
              </Link>
            );
          },
        },
        {
          key: "paused",
          header: t("hit.paused"),
          named: true,
          cell: ({ paused }) =>
            paused.length === 0 ? (
              <None>{t("noJobs")}</None>
            ) : (
              new Intl.ListFormat(locale, { type: "unit" }).format(paused.map(({ title }) => title[locale]))
            ),
        },
      ]}
    />
  );
}
