import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("custody");

type Deletion = Outputs["custody"]["deletions"]["items"][number];

const TONES: Record<Deletion["state"], Tone> = { waiting: "warn", cancelled: "neutral", working: "info", done: "ok" };

/** Ends of clients: those that can be cancelled lead to the client, those that are done have their receipt. */
export function DeletionTable({ deletions, empty }: { deletions: readonly Deletion[]; empty: ReactNode }) {
  const t = useWords();
  return (
    <Table
      caption={t("deletions.title")}
      rows={deletions}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "client",
          header: t("deletions.client"),
          primary: true,
          cell: (deletion) => <Client deletion={deletion} />,
        },
        {
          key: "asked",
          header: t("deletions.asked"),
          cell: ({ requestedAt, requestedByName, reason }) => (
            <span className="inline-flex flex-wrap items-baseline gap-x-2">
              <Time at={requestedAt} style="date" />
              {requestedByName && <bdi className="[overflow-wrap:anywhere]">{requestedByName}</bdi>}
              <bdi className="text-xs text-ink-faint [overflow-wrap:anywhere]">{reason}</bdi>
            </span>
          ),
        },
        { key: "due", header: t("deletions.due"), named: true, cell: ({ dueAt }) => <Time at={dueAt} style="date" /> },
        {
          key: "state",
          header: t("deletions.state"),
          aside: true,
          cell: ({ state }) => <Badge tone={TONES[state]}>{t(`deletions.states.${state}`)}</Badge>,
        },
        { key: "receipt", header: t("deletions.receipt"), cell: (deletion) => <Receipt deletion={deletion} /> },
      ]}
    />
  );
}

function Client({ deletion: { ofTenant, tenantName, state } }: { deletion: Deletion }) {
  return (
    <NameAndNote
      note={
        <code dir="ltr" className="font-mono">
          {ofTenant}
        </code>
      }
    >
      {state === "done" ? (
        <bdi className="[overflow-wrap:anywhere]">{tenantName}</bdi>
      ) : (
        <Link to={`/admin/clients/${ofTenant}/data`} className="link [overflow-wrap:anywhere]">
          <bdi>{tenantName}</bdi>
        </Link>
      )}
    </NameAndNote>
  );
}

/** What was erased, in numbers; folded by table. */
function Receipt({ deletion: { id, receipt, keyDestroyedAt, doneAt } }: { deletion: Deletion }) {
  const t = useWords();
  if (!receipt || doneAt === null) return <None />;
  const rows = Object.values(receipt.tables).reduce((sum, count) => sum + count, 0);
  const facts: [string, ReactNode][] = [
    ...(keyDestroyedAt === null ? [] : [[t("deletions.keyDestroyed"), <Time key="key" at={keyDestroyedAt} style="dateTime" />] as const]),
    [t("deletions.erased"), <Time key="done" at={doneAt} style="dateTime" />],
    ...receipt.grants.map(
      ({ provider, farewell, revoked }) =>
        [t("deletions.grants"), `${provider}: ${t(`deletions.farewells.${farewell ?? (revoked ? "returned" : "unknown")}`)}`] as [
          string,
          ReactNode,
        ],
    ),
    ...(receipt.auditHead ? [[t("deletions.lastLine"), `${receipt.auditHead.seq} ${receipt.auditHead.hash}`] as [string, ReactNode]] : []),
    ...Object.entries(receipt.tables),
  ].map(([name, value]) => [String(name), value]);
  return (
    <details className="min-w-0 text-start">
      <summary className="w-fit rounded-sm text-[0.8125rem] leading-5 transition-colors hover:text-ink">
        {t("deletions.rows", { count: rows })}, {t("deletions.accounts", { count: receipt.accounts })}
      </summary>
      <dl className="mt-2 grid gap-1 rounded-control border border-line bg-sunken p-2.5 text-xs">
        {facts.map(([name, value], at) => (
          // Several grants have one name.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
          <div key={at} className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-3">
            <dt className="text-ink-faint">{name}</dt>
            <dd className="text-ink [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      <Button asChild size="sm" variant="ghost" className="mt-2">
        <a href={`/admin/deletions/${id}`} download>
          <Download aria-hidden />
          {t("deletions.download")}
        </a>
      </Button>
    </details>
  );
}
