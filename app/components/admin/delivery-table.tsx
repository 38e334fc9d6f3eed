import type { ReactNode } from "react";
import { Link } from "#app/components/ui/link.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { DeliveryStatus } from "./delivery-status.tsx";

const useWords = wordsOf("webhooks");

type Delivery = Outputs["webhooks"]["list"]["items"][number];

/** What the providers sent, each with what became of it and why. */
export function DeliveryTable({ deliveries, empty }: { deliveries: readonly Delivery[]; empty: ReactNode }) {
  const t = useWords();
  return (
    <Table
      caption={t("tabs.deliveries")}
      rows={deliveries}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "topic",
          header: t("topic"),
          primary: true,
          cell: ({ id, topic, providerName }) => (
            <Link to={`/admin/webhooks/${id}`} className="grid min-w-0 justify-items-start rounded-sm transition-colors hover:text-accent">
              <bdi className="[overflow-wrap:anywhere]">{providerName}</bdi>
              <code className="font-mono text-xs font-normal [overflow-wrap:anywhere] text-ink-faint">{topic || "–"}</code>
            </Link>
          ),
        },
        { key: "client", header: t("client"), cell: (delivery) => <DeliveryOwner delivery={delivery} /> },
        { key: "receivedAt", header: t("receivedAt"), className: "whitespace-nowrap", cell: ({ receivedAt }) => <Time at={receivedAt} /> },
        {
          key: "status",
          header: t("status"),
          cell: ({ status, reason }) => (
            <span className="grid justify-items-end gap-1 @min-[40rem]:justify-items-start">
              <DeliveryStatus status={status} />
              {reason && <span className="max-w-[28ch] text-xs text-ink-faint @max-[40rem]:text-end">{t(`reasons.${reason}`)}</span>}
            </span>
          ),
        },
      ]}
    />
  );
}

/** Whose account it is about. */
export function DeliveryOwner({ delivery: { tenantId, tenantName } }: { delivery: Pick<Delivery, "tenantId" | "tenantName"> }) {
  const t = useWords();
  if (tenantId === "") return <span className="text-ink-faint">{t("nobody")}</span>;
  return (
    <Link to={`/admin/clients/${tenantId}`} className="rounded-sm transition-colors hover:text-accent">
      <bdi className="[overflow-wrap:anywhere]">{tenantName ?? tenantId}</bdi>
    </Link>
  );
}
