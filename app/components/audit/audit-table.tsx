import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { useActionWords } from "./use-action-words.ts";

const useWords = wordsOf("audit");

type AuditPage = Outputs["audit"]["all"];
type AuditLine = AuditPage["items"][number];

export interface AuditTableProps {
  caption: string;
  page: Pick<AuditPage, "items" | "people">;
  empty: ReactNode;
  titleOfJob: (id: string) => string;
  /** How a line names its client, where a list has those of several. */
  clientOf?: (id: string) => ReactNode;
}

/** Lines of an audit log, in both portals. */
export function AuditTable({ caption, page, empty, titleOfJob, clientOf }: AuditTableProps) {
  const t = useWords();
  const nameOfAction = useActionWords();
  const client: Column<AuditLine> = {
    key: "client",
    header: t("log.client"),
    cell: ({ tenantId }) =>
      tenantId === "" ? (
        <None>
          <span aria-hidden>–</span>
          <span className="sr-only">{t("log.noClient")}</span>
        </None>
      ) : (
        clientOf?.(tenantId)
      ),
  };
  return (
    <Table
      caption={caption}
      rows={page.items}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: "action",
          header: t("log.action"),
          primary: true,
          cell: ({ action, about }) => (
            <NameAndNote note={about && <bdi className="text-[0.8125rem]">{about}</bdi>}>{nameOfAction(action) ?? action}</NameAndNote>
          ),
        },
        {
          key: "who",
          header: t("log.who"),
          className: "@min-[56rem]:min-w-48",
          cell: (line) => <Who line={line} titleOfJob={titleOfJob} />,
        },
        ...(clientOf ? [client] : []),
        { key: "at", header: t("log.at"), aside: true, cell: ({ at }) => <Time at={at} /> },
        {
          key: "details",
          header: t("log.details"),
          cell: (line) => <Details line={line} people={page.people} />,
        },
      ]}
    />
  );
}

function Who({ line: { actorType, actorId, actorName }, titleOfJob }: { line: AuditLine; titleOfJob: (id: string) => string }) {
  const t = useWords();
  const name = actorName ?? (actorId && actorType === "system" ? titleOfJob(actorId) : actorId);
  // Whoever has just signed in has a name; that they were nobody before says nothing.
  const as = name && actorType === "anonymous" ? null : t(`actor.${actorType}`);
  return <NameAndNote note={name && as}>{name ? <bdi className="text-ink">{name}</bdi> : as}</NameAndNote>;
}

/** Folded, since they are for the case that somebody asks. */
function Details({ line, people }: { line: AuditLine; people: AuditPage["people"] }) {
  const t = useWords();
  const { id, action, details, ip, seq, hash } = line;
  const facts = Object.entries(details);
  const more = { action, ...(ip && { ip }), id, ...(hash !== null && { seq, hash }) };
  return (
    <details className="group/facts min-w-0 text-start">
      <summary className="flex w-fit items-center gap-1 whitespace-nowrap rounded-sm text-[0.8125rem] leading-5 transition-colors hover:text-ink">
        <ChevronRight
          aria-hidden
          data-mirror
          className="size-3.5 transition-[rotate] group-open/facts:rotate-90 rtl:group-open/facts:-rotate-90"
        />
        {t("log.show", { count: facts.length })}
      </summary>
      <dl className="mt-2 grid gap-1 rounded-control border border-line bg-sunken p-2.5 text-xs">
        {[...facts, ...Object.entries(more)].map(([name, value]) => (
          <div key={name} className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-3">
            <dt className="text-ink-faint">{t.find(`fact.${name}`) ?? name}</dt>
            <dd className="text-ink [overflow-wrap:anywhere]">
              <Fact name={name} value={value} people={people} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** What has no words of ours: an id, an action, a hash, a value with parts. */
const codeLike = /^([a-z]{3}_[0-9a-v]{26}|[0-9a-f]{64}|[a-z_]+\.[a-z_]+|[[{].*)$/s;

function Fact({ name, value, people }: { name: string; value: unknown; people: AuditPage["people"] }) {
  const t = useWords();
  const at = typeof value === "number" && /At$|^until$/.test(name) ? value : name === "dueAt" ? Date.parse(String(value)) : Number.NaN;
  if (Number.isFinite(at)) return <Time at={at} style="dateTime" />;
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return <bdi>{value.join(", ") || "–"}</bdi>;
  const text = typeof value === "string" ? (people[value] ?? value) : value === null ? "–" : JSON.stringify(value);
  const said = name === "via" ? t.find(`value.${text}`) : undefined;
  return codeLike.test(text) ? (
    <code dir="ltr" className="font-mono">
      {text}
    </code>
  ) : (
    <bdi>{said ?? text}</bdi>
  );
}
