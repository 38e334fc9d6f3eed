import type { ReactNode } from "react";
import type { ColumnOf } from "#app/columns.ts";
import { Badge } from "#app/components/ui/badge.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientStatus } from "./client-status.tsx";
import { CAUSE_TONES } from "./problems.ts";

const useWords = wordsOf("clients", "fleet", "admin", "today", "common");

type Line = Outputs["clients"]["list"]["items"][number];

/** The names of its columns, to choose from. */
export function useFleetLabels(): Record<ColumnOf<"fleet">, string> {
  const t = useWords();
  return {
    status: t("fleet:status"),
    problem: t("fleet:problem"),
    connections: t("fleet:connections"),
    success: t("fleet:lastSuccess"),
    failures: t("fleet:failures"),
    letters: t("fleet:deadLetters"),
    plan: t("client.plan"),
    activity: t("client.lastActivity"),
    since: t("client.since"),
  };
}

/** The agency's clients, each with its health at a glance, in the `shown` columns. */
export function ClientTable({
  clients,
  shown,
  empty,
}: {
  clients: readonly Line[];
  shown: readonly ColumnOf<"fleet">[];
  empty: ReactNode;
}) {
  const t = useWords();
  const labels = useFleetLabels();
  const columns: Record<ColumnOf<"fleet">, Omit<Column<Line>, "key" | "header">> = {
    status: {
      cell: ({ status }) => (
        <span data-none={status === "active" || undefined}>
          <ClientStatus status={status} />
        </span>
      ),
    },
    problem: {
      aside: true,
      cell: ({ attention }) =>
        attention === null ? <None /> : <Badge tone={CAUSE_TONES[attention]}>{t(`today:causes.${attention}.short`)}</Badge>,
    },
    connections: { cell: ({ health }) => <Connections {...health.connections} /> },
    success: {
      spare: true,
      named: true,
      cell: ({ health }) => <When at={health.lastSuccessAt} />,
    },
    failures: {
      align: "end",
      cell: ({ id, health }) => (
        <Alarm
          count={health.failedRuns24h}
          to={`/admin/runs?client=${id}&since=day`}
          label={t("fleet:failuresOf", { count: health.failedRuns24h })}
        />
      ),
    },
    letters: {
      align: "end",
      cell: ({ id, health }) => (
        <Alarm
          count={health.openDeadLetters}
          to={`/admin/dead-letters?client=${id}`}
          label={t("fleet:deadLettersOf", { count: health.openDeadLetters })}
        />
      ),
    },
    plan: { cell: ({ plan }) => t(`common:plan.${plan}`) },
    activity: { spare: true, named: true, cell: ({ lastActivityAt }) => <When at={lastActivityAt} /> },
    since: { spare: true, named: true, cell: ({ createdAt }) => <Time at={createdAt} style="date" /> },
  };
  return (
    <Table
      caption={t("fleet:caption")}
      rows={clients}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "client",
          header: t("fleet:client"),
          primary: true,
          cell: ({ id, name }) => (
            <Link to={`/admin/clients/${id}`} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
              <NameAndNote note={<code className="font-mono @max-[40rem]:hidden">{id}</code>}>
                <bdi>{name}</bdi>
              </NameAndNote>
            </Link>
          ),
        },
        ...shown.map((key) => ({ key, header: labels[key], ...columns[key] })),
      ]}
    />
  );
}

function When({ at }: { at: number | null }) {
  const t = useWords();
  return at === null ? <None>{t("admin:never")}</None> : <Time at={at} />;
}

/** The worst of them, so that a row stays one line; all of them as its title. */
function Connections({ active, reconnectNeeded, disconnected }: Line["health"]["connections"]) {
  const t = useWords();
  const counts = [
    { count: reconnectNeeded, tone: "warn", words: t("fleet:reconnect", { count: reconnectNeeded }) },
    { count: active, tone: "ok", words: t("fleet:connected", { count: active }) },
    { count: disconnected, tone: "neutral", words: t("fleet:disconnected", { count: disconnected }) },
  ] as const;
  const known = counts.filter(({ count }) => count > 0);
  const [worst] = known;
  if (!worst) return <None>{t("fleet:noConnection")}</None>;
  return (
    <span data-none={reconnectNeeded === 0 || undefined} title={known.map(({ words }) => words).join(", ")}>
      <Badge tone={worst.tone}>{worst.words}</Badge>
    </span>
  );
}

/** A count that leads to what it counts, where there is any. */
function Alarm({ count, to, label }: { count: number; to: string; label: string }) {
  const format = useFormat();
  if (count === 0) return <None>{format.count(0)}</None>;
  return (
    <Link to={to} className="rounded-sm font-medium text-danger underline-offset-4 hover:underline">
      <span aria-hidden>{format.count(count)}</span>
      <span className="sr-only">{label}</span>
    </Link>
  );
}
