import type { ReactNode } from "react";
import { RunStatus } from "#app/components/runs/run-status.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { RunErrorKind, RunTrigger, RunStatus as Status } from "#db/words/runs.ts";

const useWords = wordsOf("runs");

/** A run as a list shows it. Moments are epoch milliseconds. */
export interface RunLine {
  id: string;
  /** The job's name in the reader's language. */
  title: string;
  status: Status;
  trigger: RunTrigger;
  startedAt: number | null;
  finishedAt: number | null;
  /** What went wrong last, also while it is tried again. */
  errorKind: RunErrorKind | null;
}

/** Runs, the latest first, each a link to its own page below `base`. `more` are columns after the first one; `shown` are those of all that there are, in their order. */
export function RunTable<Line extends RunLine>({
  caption,
  base,
  runs,
  empty,
  more = [],
  shown,
}: {
  caption: string;
  base: string;
  runs: readonly Line[];
  empty: ReactNode;
  more?: readonly Column<Line>[];
  shown?: readonly string[];
}) {
  const t = useWords();
  const format = useFormat();
  const others: readonly Column<Line>[] = [
    ...more,
    { key: "status", header: t("runs.status"), aside: true, cell: (run) => <Standing run={run} withCause={!shown?.includes("cause")} /> },
    { key: "trigger", header: t("runs.trigger"), spare: true, cell: ({ trigger }) => t(`trigger.${trigger}`) },
    { key: "started", header: t("runs.started"), cell: ({ startedAt }) => (startedAt === null ? <None /> : <Time at={startedAt} />) },
    {
      key: "took",
      header: t("runs.took"),
      align: "end",
      className: "@max-[40rem]:hidden",
      cell: ({ startedAt, finishedAt }) => (startedAt && finishedAt ? format.duration(finishedAt - startedAt) : <None />),
    },
  ];
  return (
    <Table
      caption={caption}
      rows={runs}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "job",
          header: t("runs.job"),
          primary: true,
          cell: ({ id, title }) => (
            <Link to={`${base}/${id}`} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
              {title}
            </Link>
          ),
        },
        ...(shown?.flatMap((key) => others.find((column) => column.key === key) ?? []) ?? others),
      ]}
    />
  );
}

function Standing({ run: { status, errorKind, startedAt }, withCause }: { run: RunLine; withCause: boolean }) {
  const t = useWords();
  return (
    <NameAndNote note={withCause && errorKind && t(`runError.${errorKind}.title`)}>
      <RunStatus status={status} failedBefore={errorKind !== null} begun={startedAt !== null} />
    </NameAndNote>
  );
}
