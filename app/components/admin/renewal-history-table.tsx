import { History } from "lucide-react";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { RenewalOutcome } from "./renewal-outcome.tsx";

const useWords = wordsOf("operations");

type Attempt = Outputs["renewals"]["history"]["items"][number];

/** Attempts to renew a client's tokens. `nameOf` tells a connection's account. */
export function RenewalHistoryTable({ attempts, nameOf }: { attempts: readonly Attempt[]; nameOf: (connection: string) => string }) {
  const t = useWords();
  const format = useFormat();
  return (
    <Table
      caption={t("renewals.historyCaption")}
      rows={attempts}
      rowKey={({ id }) => id}
      empty={
        <EmptyState icon={History} title={t("renewals.historyEmptyTitle")}>
          {t("renewals.historyEmptyBody")}
        </EmptyState>
      }
      columns={[
        { key: "account", header: t("renewals.account"), primary: true, cell: ({ connection }) => <bdi>{nameOf(connection)}</bdi> },
        { key: "at", header: t("renewals.at"), cell: ({ at }) => <Time at={at} /> },
        { key: "trigger", header: t("renewals.trigger"), cell: ({ trigger }) => t(`renewals.triggers.${trigger}`) },
        {
          key: "outcome",
          header: t("renewals.outcome"),
          cell: ({ outcome, message }) => <RenewalOutcome outcome={outcome} message={message} />,
        },
        { key: "took", header: t("renewals.took"), align: "end", cell: ({ tookMs }) => format.duration(tookMs) },
      ]}
    />
  );
}
