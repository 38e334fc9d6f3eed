import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { DeliveryOwner } from "./delivery-table.tsx";

const useWords = wordsOf("webhooks");

/** What a report may count. */
const TABLES = [
  ...(["orders", "refunds", "order_contents", "customers", "products", "variants", "variant_prices", "measurements"] as const),
  ...(["actions", "action_steps", "resources", "secrets", "webhook_deliveries", "connections"] as const),
];

type Request = Outputs["webhooks"]["privacyRequests"]["items"][number];

/** What was asked for somebody's privacy, with the proof of what was done. */
export function PrivacyRequestTable({ requests, empty }: { requests: readonly Request[]; empty: ReactNode }) {
  const t = useWords();
  const { now } = useDisplay();
  return (
    <Table
      caption={t("tabs.privacy")}
      rows={requests}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "kind",
          header: t("privacy.kind"),
          primary: true,
          cell: ({ kind, providerName }) => <NameAndNote note={<bdi>{providerName}</bdi>}>{t(`privacy.kinds.${kind}`)}</NameAndNote>,
        },
        { key: "client", header: t("client"), cell: (request) => <DeliveryOwner delivery={request} /> },
        {
          key: "subject",
          header: t("privacy.subject"),
          cell: ({ subject }) => <code className="font-mono text-xs [overflow-wrap:anywhere]">{subject}</code>,
        },
        { key: "receivedAt", header: t("receivedAt"), cell: ({ receivedAt }) => <Time at={receivedAt} /> },
        { key: "proof", header: t("privacy.proof"), cell: (request) => <Proof request={request} /> },
        {
          key: "links",
          header: <span className="sr-only">{t("open")}</span>,
          actions: true,
          cell: ({ id, deliveryId, dataUntil }) => (
            <span className="inline-flex flex-wrap justify-end gap-x-3">
              <Link to={`/admin/webhooks/${deliveryId}`} className="link">
                {t("privacy.delivery")}
              </Link>
              {dataUntil !== null && dataUntil > now && (
                <a href={`/api/privacy-requests/${id}/data`} className="link" download={`${id}.json`}>
                  {t("privacy.data")}
                </a>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}

function Proof({ request: { doneAt, report } }: { request: Request }) {
  const t = useWords();
  if (doneAt === null) return <Badge tone="warn">{t("privacy.waiting")}</Badge>;
  const found = TABLES.filter((table) => (report?.[table] ?? 0) > 0);
  return (
    <span className="grid justify-items-start gap-1">
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="ok">{t("privacy.done")}</Badge>
        <span className="text-xs text-ink-faint">
          <Time at={doneAt} />
        </span>
      </span>
      <span className="text-xs text-ink-muted tabular-nums">
        {found.length === 0 ? t("privacy.nothing") : found.map((table) => `${t(`privacy.tables.${table}`)} ${report?.[table]}`).join(" · ")}
      </span>
    </span>
  );
}
