import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientStatus } from "./client-status.tsx";
import { CAUSE_TONES } from "./problems.ts";

const useWords = wordsOf("clients", "fleet", "admin", "today");

type Line = Outputs["clients"]["list"]["items"][number];

/** Where rows are cards, what says nothing new is left out: a hundred zeros hide the one that is none. */
const quietOnPhones = "@max-[40rem]:has-[[data-quiet]]:hidden";

/** The agency's clients, each with its health at a glance. */
export function ClientTable({ clients, empty }: { clients: readonly Line[]; empty: ReactNode }) {
  const t = useWords();
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
          className: "@min-[40rem]:min-w-44",
          cell: ({ id, name }) => (
            <Link
              to={`/admin/clients/${id}`}
              prefetch="intent"
              className="grid min-w-0 justify-items-start rounded-sm transition-colors hover:text-accent"
            >
              <bdi className="[overflow-wrap:anywhere]">{name}</bdi>
              <span className="font-mono text-xs font-normal text-ink-faint">{id}</span>
            </Link>
          ),
        },
        { key: "status", header: t("fleet:status"), cell: ({ status }) => <ClientStatus status={status} /> },
        {
          key: "problem",
          header: t("fleet:problem"),
          className: quietOnPhones,
          cell: ({ attention }) =>
            attention === null ? (
              <span data-quiet className="text-ink-faint">
                –
              </span>
            ) : (
              <Badge tone={CAUSE_TONES[attention]}>{t(`today:causes.${attention}.short`)}</Badge>
            ),
        },
        { key: "connections", header: t("fleet:connections"), cell: ({ health }) => <Connections {...health.connections} /> },
        {
          key: "success",
          spare: true,
          header: t("fleet:lastSuccess"),
          className: "@min-[40rem]:whitespace-nowrap",
          cell: ({ health }) =>
            health.lastSuccessAt === null ? <span className="text-ink-faint">{t("admin:never")}</span> : <Time at={health.lastSuccessAt} />,
        },
        {
          key: "failures",
          spare: true,
          header: t("fleet:failures"),
          align: "end",
          className: quietOnPhones,
          cell: ({ id, health }) => (
            <Alarm
              count={health.failedRuns24h}
              to={`/admin/runs?client=${id}&since=day`}
              label={t("fleet:failuresOf", { count: health.failedRuns24h })}
            />
          ),
        },
        {
          key: "letters",
          spare: true,
          header: t("fleet:deadLetters"),
          align: "end",
          className: quietOnPhones,
          cell: ({ id, health }) => (
            <Alarm
              count={health.openDeadLetters}
              to={`/admin/dead-letters?client=${id}`}
              label={t("fleet:deadLettersOf", { count: health.openDeadLetters })}
            />
          ),
        },
      ]}
    />
  );
}

function Connections({ active, reconnectNeeded, disconnected }: Line["health"]["connections"]) {
  const t = useWords();
  if (active + reconnectNeeded + disconnected === 0) return <span className="text-ink-faint">{t("fleet:noConnection")}</span>;
  return (
    <span className="inline-flex flex-wrap justify-end gap-1.5 @min-[40rem]:justify-start">
      {active > 0 && <Badge tone="ok">{t("fleet:connected", { count: active })}</Badge>}
      {reconnectNeeded > 0 && <Badge tone="warn">{t("fleet:reconnect", { count: reconnectNeeded })}</Badge>}
      {disconnected > 0 && <Badge>{t("fleet:disconnected", { count: disconnected })}</Badge>}
    </span>
  );
}

/** A count that leads to what it counts, where there is any. */
function Alarm({ count, to, label }: { count: number; to: string; label: string }) {
  const format = useFormat();
  if (count === 0)
    return (
      <span data-quiet className="text-ink-faint">
        {format.count(0)}
      </span>
    );
  return (
    <Link to={to} className="rounded-sm font-medium text-danger underline-offset-4 hover:underline">
      <span aria-hidden>{format.count(count)}</span>
      <span className="sr-only">{label}</span>
    </Link>
  );
}
