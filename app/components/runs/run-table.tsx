import type { ReactNode } from "react";
import { RunStatus } from "#app/components/runs/run-status.tsx";
import { Link } from "#app/components/ui/link.tsx";
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
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  /** What went wrong last, also while it is tried again. */
  errorKind: RunErrorKind | null;
}

/** Runs, the latest first, each a link to its own page below `base`. `more` are columns after the first one. */
export function RunTable<Line extends RunLine>({
  caption,
  base,
  runs,
  empty,
  more = [],
}: {
  caption: string;
  base: string;
  runs: readonly Line[];
  empty: ReactNode;
  more?: readonly Column<Line>[];
}) {
  const t = useWords();
  const format = useFormat();
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
        ...more,
        { key: "status", header: t("runs.status"), cell: (run) => <Standing run={run} /> },
        { key: "trigger", header: t("runs.trigger"), cell: ({ trigger }) => t(`trigger.${trigger}`) },
        { key: "started", header: t("runs.started"), cell: ({ startedAt, createdAt }) => <Time at={startedAt ?? createdAt} /> },
        {
          key: "took",
          header: t("runs.took"),
          align: "end",
          cell: ({ startedAt, finishedAt }) => (startedAt && finishedAt ? format.duration(finishedAt - startedAt) : "–"),
        },
      ]}
    />
  );
}

function Standing({ run: { status, errorKind } }: { run: RunLine }) {
  const t = useWords();
  return (
    <span className="grid justify-items-end gap-1 text-end @min-[40rem]:justify-items-start @min-[40rem]:text-start">
      <RunStatus status={status} failedBefore={errorKind !== null} />
      {errorKind && <span className="text-xs text-ink-faint">{t(`runError.${errorKind}.title`)}</span>}
    </span>
  );
}
