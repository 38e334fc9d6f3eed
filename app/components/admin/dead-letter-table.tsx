import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink } from "./client-link.tsx";

const useWords = wordsOf("operations", "admin", "runs");

type Letter = Outputs["deadLetters"]["list"]["items"][number];

/** What the queues gave up on: which job, whose and why, a link to the run, and the button that sends it once more (`letterId`). */
export function DeadLetterTable({ letters, empty }: { letters: readonly Letter[]; empty: ReactNode }) {
  const t = useWords();
  const { titleOfJob } = useAdmin();
  return (
    <Table
      caption={t("deadLetters.title")}
      rows={letters}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "job",
          header: t("deadLetters.job"),
          primary: true,
          className: "@min-[40rem]:min-w-36",
          cell: ({ job, runId, reason, queue }) => (
            <span className="grid min-w-0 justify-items-start">
              {job !== null && runId !== null ? (
                <Link to={`/admin/runs/${runId}`} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
                  {titleOfJob(job)}
                </Link>
              ) : (
                <bdi className="line-clamp-3 [overflow-wrap:anywhere]">{reason}</bdi>
              )}
              {job === null && <span className="font-mono text-xs font-normal text-ink-faint">{queue}</span>}
            </span>
          ),
        },
        {
          key: "client",
          header: t("admin:filter.client"),
          cell: ({ ofTenant, tenantName }) =>
            ofTenant === null ? (
              <span className="text-ink-faint">–</span>
            ) : tenantName === null ? (
              <ClientLink id={ofTenant} />
            ) : (
              <Link to={`/admin/clients/${ofTenant}`} className="rounded-sm transition-colors hover:text-accent">
                <bdi className="[overflow-wrap:anywhere]">{tenantName}</bdi>
              </Link>
            ),
        },
        {
          key: "why",
          header: t("deadLetters.why"),
          cell: ({ errorKind, errorMessage }) =>
            errorKind === null ? (
              <span className="text-ink-faint">–</span>
            ) : (
              <span className="grid min-w-0">
                {t(`runs:runError.${errorKind}.title`)}
                {errorMessage !== null && (
                  <bdi className="line-clamp-2 text-xs text-ink-faint [overflow-wrap:anywhere]">{errorMessage}</bdi>
                )}
              </span>
            ),
        },
        { key: "at", spare: true, header: t("deadLetters.at"), className: "whitespace-nowrap", cell: ({ at }) => <Time at={at} /> },
        { key: "state", header: t("deadLetters.state"), cell: (letter) => <State letter={letter} /> },
        {
          key: "actions",
          header: <span className="sr-only">{t("admin:actions")}</span>,
          actions: true,
          cell: ({ id, replayedAt, job, queue, ofTenant, tenantName }) =>
            replayedAt === null && (
              <ConfirmButton
                size="sm"
                title={t("deadLetters.replayTitle", {
                  what: job === null ? queue : titleOfJob(job),
                  client: isolate(tenantName ?? ofTenant ?? "–"),
                })}
                description={t("deadLetters.replayBody")}
                confirmLabel={t("deadLetters.replay")}
                confirmVariant="primary"
                fields={{ letterId: id }}
              >
                <RotateCcw aria-hidden />
                {t("deadLetters.replay")}
              </ConfirmButton>
            ),
        },
      ]}
    />
  );
}

function State({ letter: { replayedAt, replayedByName } }: { letter: Letter }) {
  const t = useWords();
  if (replayedAt === null) return <Badge tone="danger">{t("deadLetters.open")}</Badge>;
  return (
    <span className="grid justify-items-end gap-1 @min-[40rem]:justify-items-start">
      <Badge tone="ok">{t("deadLetters.replayed")}</Badge>
      <span className="text-xs text-ink-faint">
        <Time at={replayedAt} />
        {replayedByName && (
          <>
            {" · "}
            <bdi>{replayedByName}</bdi>
          </>
        )}
      </span>
    </span>
  );
}
