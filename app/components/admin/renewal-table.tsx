import { useTranslation } from "react-i18next";
import { Badge } from "#app/components/ui/badge.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink } from "./client-link.tsx";

export type Renewal = Outputs["connections"]["refreshDryRun"][number];

/** What a dry run found: the connections whose tokens the next use would renew. */
export function RenewalTable({ renewals, acrossClients = false }: { renewals: readonly Renewal[]; acrossClients?: boolean }) {
  const { t } = useTranslation("admin");
  const client: Column<Renewal> = {
    key: "client",
    header: t("filter.client"),
    cell: ({ tenant }) => <ClientLink id={tenant} />,
  };
  if (renewals.length === 0) {
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
        rows={renewals}
        rowKey={({ connection }) => connection}
        columns={[
          {
            key: "account",
            header: t("renewals.account"),
            primary: true,
            cell: ({ name, providerName }) => (
              <span className="grid min-w-0 justify-items-start">
                <bdi className="[overflow-wrap:anywhere]">{name}</bdi>
                <span className="text-xs font-normal text-ink-faint">{providerName}</span>
              </span>
            ),
          },
          ...(acrossClients ? [client] : []),
          {
            key: "ends",
            header: t("renewals.ends"),
            cell: ({ accessExpiresAt }) => (accessExpiresAt === null ? t("never") : <Time at={accessExpiresAt} />),
          },
          {
            key: "last",
            header: t("renewals.last"),
            cell: ({ lastRefreshAt }) => (lastRefreshAt === null ? t("never") : <Time at={lastRefreshAt} />),
          },
          {
            key: "outcome",
            header: t("renewals.outcome"),
            cell: ({ remark }) => (
              <Badge tone={remark === null ? "ok" : remark === "being_renewed" ? "info" : "warn"}>
                {t(`renewals.${remark ?? "would_renew"}`)}
              </Badge>
            ),
          },
        ]}
      />
    </Card>
  );
}
