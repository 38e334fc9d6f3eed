import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAdmin } from "#app/admin.ts";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink } from "./client-link.tsx";

export type AuditLine = Outputs["audit"]["all"]["items"][number];

/** Lines of the audit log. With `acrossClients` each names its client. */
export function AuditTable({
  caption,
  lines,
  empty,
  acrossClients = false,
}: {
  caption: string;
  lines: readonly AuditLine[];
  empty: ReactNode;
  acrossClients?: boolean;
}) {
  const { t } = useTranslation("admin");
  const client: Column<AuditLine> = {
    key: "client",
    header: t("audit.client"),
    cell: ({ tenantId }) =>
      tenantId === "" ? (
        <span className="text-ink-faint">
          <span aria-hidden>–</span>
          <span className="sr-only">{t("audit.noClient")}</span>
        </span>
      ) : (
        <ClientLink id={tenantId} />
      ),
  };
  return (
    <Table
      caption={caption}
      rows={lines}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "action",
          header: t("audit.action"),
          primary: true,
          className: "align-top",
          cell: ({ action }) => <code className="font-mono text-[0.8125rem] @min-[40rem]:whitespace-nowrap">{action}</code>,
        },
        { key: "who", header: t("audit.who"), className: "align-top", cell: (line) => <Who line={line} /> },
        ...(acrossClients ? [{ ...client, className: "align-top" }] : []),
        { key: "at", header: t("audit.at"), className: "align-top whitespace-nowrap", cell: ({ at }) => <Time at={at} /> },
        { key: "details", header: t("audit.details"), className: "align-top", cell: (line) => <Details line={line} /> },
      ]}
    />
  );
}

function Who({ line: { actorType, actorId, actorName } }: { line: AuditLine }) {
  const { t } = useTranslation("admin");
  const { titleOfJob } = useAdmin();
  const name = actorName ?? (actorId && actorType === "system" ? titleOfJob(actorId) : actorId);
  return (
    <span className="grid min-w-0 justify-items-end @min-[40rem]:justify-items-start">
      {name && <bdi className="text-ink [overflow-wrap:anywhere]">{name}</bdi>}
      <span className={name ? "text-xs text-ink-faint" : undefined}>{t(`actor.${actorType}`)}</span>
    </span>
  );
}

/** Folded, since they are for the case that somebody asks. */
function Details({ line: { id, details, ip } }: { line: AuditLine }) {
  const { t } = useTranslation("admin");
  const facts = Object.entries(details);
  return (
    <details className="group/facts min-w-0 text-start">
      <summary className="ms-auto flex w-fit items-center gap-1 rounded-sm text-[0.8125rem] leading-5 transition-colors hover:text-ink @min-[40rem]:ms-0">
        <ChevronRight
          aria-hidden
          data-mirror
          className="size-3.5 transition-[rotate] group-open/facts:rotate-90 rtl:group-open/facts:-rotate-90"
        />
        {t("audit.show", { count: facts.length })}
      </summary>
      <dl dir="ltr" className="mt-2 grid gap-1 rounded-control border border-line bg-sunken p-2.5 font-mono text-xs">
        {[...facts, ...(ip ? [["ip", ip] as const] : []), ["id", id] as const].map(([name, value]) => (
          <div key={name} className="grid grid-cols-[minmax(4rem,auto)_1fr] gap-x-3">
            <dt className="text-ink-faint">{name}</dt>
            <dd className="text-ink [overflow-wrap:anywhere]">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
