import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink } from "./client-link.tsx";

const useWords = wordsOf("operations", "admin", "custody");

type Credential = Outputs["credentials"]["list"]["credentials"][number];

/** What the vault holds, by name; the values themselves never leave it. */
export function CredentialTable({ credentials, empty }: { credentials: readonly Credential[]; empty: ReactNode }) {
  const t = useWords();
  return (
    <Table
      caption={t("credentials.title")}
      rows={credentials}
      rowKey={({ connection, field }) => `${connection} ${field}`}
      empty={empty}
      columns={[
        {
          key: "account",
          header: t("credentials.account"),
          primary: true,
          cell: ({ account, providerName, kind }) => (
            <NameAndNote note={`${providerName} · ${t(`custody:credentials.kinds.${kind}`)}`}>
              <bdi>{account}</bdi>
            </NameAndNote>
          ),
        },
        {
          key: "client",
          header: t("admin:filter.client"),
          cell: ({ tenant }) => <ClientLink id={tenant} />,
        },
        {
          key: "secret",
          header: t("credentials.secret"),
          cell: ({ field, mask }) => (
            <span className="inline-flex items-baseline gap-x-2 whitespace-nowrap">
              <code className="font-mono text-[0.8125rem]">{field}</code>
              <span aria-hidden className="text-ink-faint">
                {mask}
              </span>
            </span>
          ),
        },
        { key: "age", header: t("credentials.stored"), named: true, cell: ({ storedAt }) => <Time at={storedAt} /> },
        {
          key: "used",
          header: t("credentials.used"),
          named: true,
          spare: true,
          cell: ({ lastUsedAt }) =>
            lastUsedAt === null ? <span className="text-ink-faint">{t("admin:never")}</span> : <Time at={lastUsedAt} />,
        },
        {
          key: "key",
          header: t("credentials.key"),
          named: true,
          spare: true,
          cell: ({ rootKeyId, dataKeyVersion }) =>
            dataKeyVersion === null ? (
              <Badge tone="danger">{t("custody:credentials.unreadable")}</Badge>
            ) : (
              <span className="font-mono text-xs">
                {rootKeyId ?? "–"}
                <span className="text-ink-faint"> / {dataKeyVersion}</span>
              </span>
            ),
        },
        {
          key: "actions",
          header: <span className="sr-only">{t("admin:actions")}</span>,
          actions: true,
          cell: ({ tenant, connection, field }) => (
            <Button asChild size="sm" variant="ghost">
              <Link to={`/admin/reveals?${new URLSearchParams({ client: tenant, connection, field })}`}>
                {t("custody:credentials.reveal")}
              </Link>
            </Button>
          ),
        },
      ]}
    />
  );
}
