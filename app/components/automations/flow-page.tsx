import { Check, Inbox, Send, ShoppingBag, SlidersHorizontal, X } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Tone } from "#app/components/ui/tone.ts";

interface Leads {
  label: string;
  to: string;
}
interface Empty {
  title: string;
  body: string;
}
interface Status {
  label: string;
  tone: Tone;
}

/** What stands between a client and Shopify Flow, in words that are written already (`draw-flow.server.ts`). */
export interface FlowView {
  words: Record<"title" | "description", string>;
  /** Why nothing is sent and nothing is taken; null where both are. */
  standsStill: string | null;
  rules: { title: string; rows: { key: string; says: string; standing: Status & { note: string } }[]; empty: Empty; settings: Leads };
  may: { title: string; hint: string; rows: { key: string; label: string; allowed: boolean; says: string }[] };
  /** By day, the oldest first; `share`: of the most. Null where they are not counted. */
  checkouts: {
    title: string;
    lead: string;
    caption: string;
    rows: { key: string; day: string; many: string; share: number }[];
    empty: Empty;
  } | null;
  sent: {
    title: string;
    caption: string;
    columns: Record<"trigger" | "status" | "at", string>;
    rows: { key: string; title: string; because: string; status: Status; at: number; to: string }[];
    empty: Empty;
  };
  received: {
    title: string;
    caption: string;
    columns: Record<"action" | "answer" | "at", string>;
    rows: { key: string; title: string; asked: string; answer: string; status: Status; at: number }[];
    empty: Empty;
  };
}

const linkLook = "text-accent underline-offset-2 hover:underline";

/** Rules and what workflows may ask first, then what went out and what came in. */
export function FlowPage({
  view: { words, standsStill, rules, may, checkouts, sent, received },
  trail,
}: {
  view: FlowView;
  trail: readonly Leads[];
}) {
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      <div className="grid grid-cols-1 gap-8">
        {standsStill && (
          <Callout
            tone="info"
            title={standsStill}
            action={
              <Link to={rules.settings.to} className={linkLook}>
                {rules.settings.label}
              </Link>
            }
          />
        )}
        <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <Section
            title={rules.title}
            space="none"
            actions={
              !standsStill && (
                <Link to={rules.settings.to} className={linkLook}>
                  {rules.settings.label}
                </Link>
              )
            }
          >
            <Card padding="none">
              {rules.rows.length === 0 ? (
                <EmptyState icon={SlidersHorizontal} title={rules.empty.title}>
                  {rules.empty.body}
                </EmptyState>
              ) : (
                <ul className="divide-y divide-line">
                  {rules.rows.map(({ key, says, standing }) => (
                    <li
                      key={key}
                      data-rule={key}
                      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5"
                    >
                      <span className="min-w-0 [overflow-wrap:anywhere]">{says}</span>
                      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                        {standing.note && <span className="text-[0.8125rem] text-ink-faint">{standing.note}</span>}
                        <Badge tone={standing.tone}>{standing.label}</Badge>
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </Card>
          </Section>
          <Section title={may.title} space="none">
            <Card>
              <ul className="grid gap-2.5 text-[0.8125rem]">
                {may.rows.map(({ key, label, allowed, says }) => (
                  <li key={key} className={allowed ? "flex gap-2 text-ink" : "flex gap-2 text-ink-faint"}>
                    {allowed ? (
                      <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ok" />
                    ) : (
                      <X aria-hidden className="mt-0.5 size-3.5 shrink-0" />
                    )}
                    <span>
                      {label} <span className="sr-only">{says}</span>
                    </span>
                  </li>
                ))}
              </ul>
              <p className="mt-4 border-t border-line pt-3 text-[0.8125rem] text-ink-muted">{may.hint}</p>
            </Card>
          </Section>
        </div>
        {checkouts && (
          <Section title={checkouts.title} description={checkouts.lead} space="none">
            <Card padding={checkouts.rows.length === 0 ? "none" : undefined}>
              {checkouts.rows.length === 0 && (
                <EmptyState icon={ShoppingBag} title={checkouts.empty.title}>
                  {checkouts.empty.body}
                </EmptyState>
              )}
              <ol
                aria-label={checkouts.caption}
                className="grid gap-x-12 gap-y-2 text-[0.8125rem] empty:hidden sm:grid-flow-col sm:grid-cols-2 sm:grid-rows-7"
              >
                {checkouts.rows.map(({ key, day, many, share }) => (
                  <li key={key} data-checkouts={key} className="grid grid-cols-[4.5rem_minmax(0,1fr)_2.5rem] items-center gap-3">
                    <span className="text-ink-muted">{day}</span>
                    <svg
                      aria-hidden
                      viewBox="0 0 100 1"
                      preserveAspectRatio="none"
                      className="block h-1.5 w-full rounded-full bg-line rtl:-scale-x-100"
                    >
                      <rect width={Math.round(share * 1000) / 10} height="1" className="fill-accent" />
                    </svg>
                    <span className="text-end tabular-nums">{many}</span>
                  </li>
                ))}
              </ol>
            </Card>
          </Section>
        )}
        <Section title={sent.title} space="none">
          <Card padding="none">
            <Table
              caption={sent.caption}
              rows={sent.rows}
              rowKey={({ key }) => key}
              empty={
                <EmptyState icon={Send} title={sent.empty.title}>
                  {sent.empty.body}
                </EmptyState>
              }
              columns={[
                {
                  key: "trigger",
                  header: sent.columns.trigger,
                  primary: true,
                  cell: ({ title, because, to }) => (
                    <span className="grid gap-0.5">
                      <Link to={to} className="font-medium">
                        {title}
                      </Link>
                      <span className="text-[0.8125rem] font-normal text-ink-muted [overflow-wrap:anywhere]">{because}</span>
                    </span>
                  ),
                },
                {
                  key: "status",
                  header: sent.columns.status,
                  aside: true,
                  cell: ({ status }) => <Badge tone={status.tone}>{status.label}</Badge>,
                },
                { key: "at", header: sent.columns.at, cell: ({ at }) => <Time at={at} /> },
              ]}
            />
          </Card>
        </Section>
        <Section title={received.title} space="none">
          <Card padding="none">
            <Table
              caption={received.caption}
              rows={received.rows}
              rowKey={({ key }) => key}
              empty={
                <EmptyState icon={Inbox} title={received.empty.title}>
                  {received.empty.body}
                </EmptyState>
              }
              columns={[
                {
                  key: "action",
                  header: received.columns.action,
                  primary: true,
                  cell: ({ title, asked }) => (
                    <span className="grid gap-0.5">
                      <span className="font-medium">{title}</span>
                      {asked && (
                        <span className="text-[0.8125rem] font-normal text-ink-muted [overflow-wrap:anywhere]">
                          <bdi>{asked}</bdi>
                        </span>
                      )}
                    </span>
                  ),
                },
                {
                  key: "answer",
                  header: received.columns.answer,
                  cell: ({ status, answer }) => (
                    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                      <Badge tone={status.tone}>{status.label}</Badge>
                      <span className="[overflow-wrap:anywhere]">{answer}</span>
                    </span>
                  ),
                },
                { key: "at", header: received.columns.at, cell: ({ at }) => <Time at={at} /> },
              ]}
            />
          </Card>
        </Section>
      </div>
    </>
  );
}
