import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { AccountCell } from "./account-cell.tsx";
import { ClientLink } from "./client-link.tsx";
import { RenewalOutcome } from "./renewal-outcome.tsx";

const useWords = wordsOf("operations", "admin", "runs");

type Failing = Outputs["renewals"]["failing"][number];

/** Connections whose renewals fail in passing, with what the provider said last. */
export function FailingRenewalTable({ failing }: { failing: readonly Failing[] }) {
  const t = useWords();
  const { now } = useDisplay();
  if (failing.length === 0) {
    return (
      <Callout tone="ok" title={t("renewals.failingEmptyTitle")}>
        {t("renewals.failingEmptyBody")}
      </Callout>
    );
  }
  return (
    <Card padding="none">
      <Table
        caption={t("renewals.failingTitle")}
        rows={failing}
        rowKey={({ connection }) => connection}
        columns={[
          { key: "account", header: t("renewals.account"), primary: true, cell: AccountCell },
          { key: "client", header: t("admin:filter.client"), cell: ({ tenant }) => <ClientLink id={tenant} /> },
          { key: "failures", header: t("renewals.failures"), align: "end", cell: ({ failures }) => failures },
          {
            key: "problem",
            header: t("renewals.problem"),
            cell: ({ outcome, message }) => outcome && <RenewalOutcome outcome={outcome} message={message} />,
          },
          {
            key: "next",
            header: t("renewals.next"),
            named: true,
            cell: ({ nextAt }) => (nextAt === null ? <None /> : nextAt <= now ? t("runs:runs.due") : <Time at={nextAt} />),
          },
        ]}
      />
    </Card>
  );
}
