import { ChevronDown, Users } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { Table } from "#app/components/ui/table.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { Figures, type FiguresView } from "./figures.tsx";

interface Leads {
  label: string;
  to: string;
}

/** A customer who brought others. */
export interface ReferralNode {
  key: string;
  customer: string;
  /** One who stands under another is named above it. */
  isRoot: boolean;
  summary: string;
  friends: {
    key: string;
    customer: string;
    line: string;
    state: { label: string; tone: Tone; name: string };
    /** Why there is no reward, or until when there is none yet; empty where neither is so. */
    why: string;
    /** Whom they brought themselves; null where they brought nobody, or that stands on a page of its own (`deeper`). */
    below: ReferralNode | null;
    deeper: Leads | null;
  }[];
  more: Leads | null;
}

/** Who brought whom, in words and figures that are written already (`draw-referrals.server.ts`). */
export interface ReferralsView {
  words: Record<"title" | "description", string>;
  /** Null before there is anything. */
  figures: FiguresView | null;
  refused: {
    title: string;
    caption: string;
    columns: Record<"reason" | "orders", string>;
    rows: { key: string; reason: string; orders: string }[];
  } | null;
  tree: { title: string; roots: ReferralNode[]; all: Leads | null };
  empty: { title: string; body: string };
  previousTo: string | null;
  nextTo: string | null;
}

const linkLook = "text-accent underline-offset-2 hover:underline";

/** Figures first, then the tree of those who brought others. */
export function ReferralsPage({
  view: { words, figures, refused, tree, empty, previousTo, nextTo },
  trail,
}: {
  view: ReferralsView;
  trail: readonly Leads[];
}) {
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      <div className="grid grid-cols-1 gap-8">
        {figures && <Figures {...figures} />}
        <div className={refused ? "grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]" : "grid grid-cols-1"}>
          <Section
            title={tree.title}
            space="none"
            actions={
              tree.all && (
                <Link to={tree.all.to} className={linkLook}>
                  {tree.all.label}
                </Link>
              )
            }
          >
            <Card padding="none">
              {tree.roots.length === 0 ? (
                <EmptyState icon={Users} title={empty.title}>
                  {empty.body}
                </EmptyState>
              ) : (
                <ul className="divide-y divide-line">
                  {tree.roots.map((root, place) => (
                    <li key={root.key} className="px-4 py-3 sm:px-5">
                      <Referrer node={root} isOpen={place === 0} />
                    </li>
                  ))}
                </ul>
              )}
              <Pagination {...(previousTo !== null && { previousTo })} {...(nextTo !== null && { nextTo })} />
            </Card>
          </Section>
          {refused && (
            <Section title={refused.title} space="none" className="max-lg:order-first">
              <Card padding="none">
                <Table
                  caption={refused.caption}
                  rows={refused.rows}
                  rowKey={({ key }) => key}
                  columns={[
                    { key: "reason", header: refused.columns.reason, primary: true, cell: ({ reason }) => reason },
                    { key: "orders", header: refused.columns.orders, align: "end", aside: true, cell: ({ orders }) => orders },
                  ]}
                />
              </Card>
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

/** One who brought others, folded; without a script too. */
function Referrer({ node: { customer, isRoot, summary, friends, more }, isOpen }: { node: ReferralNode; isOpen: boolean }) {
  return (
    <details open={isOpen || undefined} data-referrer={customer}>
      <summary className="flex cursor-pointer items-baseline gap-1.5 rounded-sm text-sm">
        <ChevronDown
          aria-hidden
          className="size-3.5 shrink-0 self-center text-ink-faint [details:not([open])>summary>&]:-rotate-90 rtl:[details:not([open])>summary>&]:rotate-90"
        />
        <span className="min-w-0 text-ink-muted">
          {isRoot && (
            <>
              <bdi className="font-medium text-ink">{customer}</bdi>{" "}
            </>
          )}
          {summary}
        </span>
      </summary>
      <ul className="mt-2 ms-1.5 grid gap-3 border-s border-line ps-3 sm:ps-4">
        {friends.map(({ key, customer: friend, line, state, why, below, deeper }) => (
          <li key={key} data-order={key} data-state={state.name} className="grid gap-1 text-[0.8125rem]">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <bdi className="font-medium text-ink">{friend}</bdi>
              <Badge tone={state.tone}>{state.label}</Badge>
              {why && <span className="text-ink-muted">{why}</span>}
            </div>
            <p className="text-ink-faint [overflow-wrap:anywhere]">{line}</p>
            {below && <Referrer node={below} isOpen={false} />}
            {deeper && (
              <Link to={deeper.to} className={linkLook}>
                {deeper.label}
              </Link>
            )}
          </li>
        ))}
        {more && (
          <li className="text-[0.8125rem]">
            <Link to={more.to} className={linkLook}>
              {more.label}
            </Link>
          </li>
        )}
      </ul>
    </details>
  );
}
