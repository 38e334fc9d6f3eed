import { Badge } from "#app/components/ui/badge.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { AccountCell } from "./account-cell.tsx";
import { ClientLink } from "./client-link.tsx";

const useWords = wordsOf("operations", "admin");

type Due = Outputs["renewals"]["due"][number];

/** What a dry run found: the connections that the cron would renew now, and why. */
export function RenewalTable({ due }: { due: readonly Due[] }) {
  const t = useWords();
  if (due.length === 0) {
    return (
      <Callout tone="ok" title={t("renewals.emptyTitle")}>
        {t("renewals.emptyBody")}
      </Callout>
    );
  }
  return (
    <Card padding="none">
      <Table
        caption={t("renewals.caption")}
        rows={due}
        rowKey={({ connection }) => connection}
        columns={[
          { key: "account", header: t("renewals.account"), primary: true, cell: AccountCell },
          { key: "client", header: t("admin:filter.client"), cell: ({ tenant }) => <ClientLink id={tenant} /> },
          {
            key: "ends",
            header: t("renewals.ends"),
            named: true,
            cell: ({ accessExpiresAt }) => (accessExpiresAt === null ? t("renewals.endless") : <Time at={accessExpiresAt} />),
          },
          {
            key: "last",
            header: t("renewals.last"),
            named: true,
            spare: true,
            cell: ({ lastRefreshAt }) => (lastRefreshAt === null ? t("admin:never") : <Time at={lastRefreshAt} />),
          },
          { key: "reason", header: t("renewals.reason"), aside: true, cell: (row) => <Reason row={row} /> },
        ]}
      />
    </Card>
  );
}

function Reason({ row: { reason, remark } }: { row: Due }) {
  const t = useWords();
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      <Badge tone={reason === "ahead" ? "ok" : reason === "lasting" ? "info" : "warn"}>{t(`renewals.reasons.${reason}`)}</Badge>
      {remark && <Badge tone={remark === "being_renewed" ? "info" : "warn"}>{t(`renewals.remarks.${remark}`)}</Badge>}
    </span>
  );
}
