import type { ReactNode } from "react";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
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
            <Link to={`/admin/webhooks/${id}`} className="rounded-sm transition-colors hover:text-accent">
              <NameAndNote note={topic && <code className="font-mono">{topic}</code>}>
                <bdi>{providerName}</bdi>
              </NameAndNote>
            </Link>
          ),
        },
        { key: "client", header: t("client"), cell: (delivery) => <DeliveryOwner delivery={delivery} /> },
        { key: "receivedAt", header: t("receivedAt"), cell: ({ receivedAt }) => <Time at={receivedAt} /> },
        {
          key: "status",
          header: t("status"),
          cell: ({ status, reason }) => (
            <NameAndNote note={reason && t(`reasons.${reason}`)}>
              <DeliveryStatus status={status} />
            </NameAndNote>
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
