import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink, ClientName } from "./client-link.tsx";

const useWords = wordsOf("operations", "admin");

type Undelivered = Outputs["mails"]["undelivered"]["items"][number];

const tones = { refused: "danger", gave_up: "danger", retrying: "warn", unsure: "neutral" } as const;

/** Mails that reached nobody for certain, with the words of who did not take them. */
export function UndeliveredTable({ mails, empty }: { mails: readonly Undelivered[]; empty: ReactNode }) {
  const t = useWords();
  return (
    <Table
      caption={t("mails.title")}
      rows={mails}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "recipient",
          header: t("mails.recipient"),
          primary: true,
          cell: ({ recipient, reason }) => (
            <NameAndNote
              note={
                <span className="line-clamp-2">
                  <bdi>{reason}</bdi>
                </span>
              }
            >
              <bdi>{recipient}</bdi>
            </NameAndNote>
          ),
        },
        { key: "kind", header: t("mails.kind"), cell: ({ kind }) => t(`mails.kinds.${kind}`) },
        {
          key: "client",
          header: t("admin:filter.client"),
          cell: ({ ofTenant, tenantName }) =>
            ofTenant === null ? (
              <None />
            ) : tenantName === null ? (
              <ClientLink id={ofTenant} />
            ) : (
              <ClientName id={ofTenant} name={tenantName} />
            ),
        },
        { key: "at", header: t("mails.at"), cell: ({ at }) => <Time at={at} /> },
        {
          key: "outcome",
          header: t("mails.outcome"),
          aside: true,
          cell: ({ outcome }) => <Badge tone={tones[outcome]}>{t(`mails.outcomes.${outcome}`)}</Badge>,
        },
      ]}
    />
  );
}
