import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink, ClientName } from "./client-link.tsx";
import { DuringIncident } from "./during-incident.tsx";

const useWords = wordsOf("operations", "admin", "runs");

type Letter = Outputs["deadLetters"]["list"]["items"][number];

/** What the queues gave up on: which job, whose and why, a link to the run, and the button that sends it once more (`letterId`). */
export function DeadLetterTable({ letters, empty }: { letters: readonly Letter[]; empty: ReactNode }) {
  const t = useWords();
  const { titleOfJob } = useAdmin();
  const state: Column<Letter> = { key: "state", header: t("deadLetters.state"), cell: (letter) => <State letter={letter} /> };
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
          cell: ({ job, runId, reason, queue }) => (
            <NameAndNote note={job === null && <code className="font-mono">{queue}</code>}>
              {job !== null && runId !== null ? (
                <Link to={`/admin/runs/${runId}`} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
                  {titleOfJob(job)}
                </Link>
              ) : (
                <span className="[overflow-wrap:anywhere]">
                  <bdi>{reason}</bdi>
                </span>
              )}
            </NameAndNote>
          ),
        },
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
        {
          key: "why",
          header: t("deadLetters.why"),
          cell: ({ job, errorKind, errorMessage }) =>
            errorKind === null ? (
              <None />
            ) : (
              <span className="block max-w-[52ch] [overflow-wrap:anywhere]">
                {t(`runs:runError.${errorKind}.title`)} <bdi className="text-xs text-ink-faint">{errorMessage}</bdi>
                <DuringIncident jobs={[job]} />
              </span>
            ),
        },
        { key: "at", aside: true, header: t("deadLetters.at"), cell: ({ at }) => <Time at={at} /> },
        ...(letters.some(({ replayedAt }) => replayedAt !== null) ? [state] : []),
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
                description={
                  <>
                    {t("deadLetters.replayBody")}
                    <DuringIncident jobs={[job]} />
                  </>
                }
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
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
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
