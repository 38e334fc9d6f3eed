import { RefreshCw } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { CopyButton } from "#app/components/ui/copy-button.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Figures, type FiguresView } from "./figures.tsx";
import { Notes } from "./notes.tsx";

/** What is in step and what is not, in words and figures that are written already (`draw-syncs.server.ts`). */
export interface SyncsView {
  words: Record<"title" | "description", string>;
  lists: {
    title: string;
    caption: string;
    columns: Record<"list" | "here" | "there" | "waiting" | "notes", string>;
    rows: {
      key: string;
      name: string;
      group: string;
      here: string;
      there: string;
      /** Null where nothing waits. */
      waiting: string[] | null;
      notes: string[];
      compared: string;
    }[];
  } | null;
  catalog: FiguresView | null;
  /** `tag`: what a client puts in an email. */
  coupon: { figures: FiguresView; tag: { lead: string; text: string } } | null;
  /** Where the coupon isn't ours. */
  problem: { title: string; body: string } | null;
  refused: {
    title: string;
    caption: string;
    columns: Record<"what" | "why", string>;
    rows: { key: string; what: string; why: string }[];
    notes: string[];
  } | null;
  empty: { title: string; body: string } | null;
}

/** Lists with what is on them here and there, a catalog with what was refused of it, or a coupon with what became of its codes. */
export function SyncsPage({
  view: { words, lists, catalog, coupon, problem, refused, empty },
  trail,
}: {
  view: SyncsView;
  trail: readonly { label: string; to: string }[];
}) {
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      <div className="grid grid-cols-1 gap-8">
        {empty && (
          <Card padding="none">
            <EmptyState icon={RefreshCw} title={empty.title}>
              {empty.body}
            </EmptyState>
          </Card>
        )}
        {lists && (
          <Section title={lists.title} space="none">
            <Card padding="none">
              <Table
                caption={lists.caption}
                rows={lists.rows}
                rowKey={({ key }) => key}
                columns={[
                  {
                    key: "list",
                    header: lists.columns.list,
                    primary: true,
                    cell: ({ key, name, group }) => (
                      <span data-list={key} className="grid gap-0.5">
                        <span className="font-medium">
                          <bdi>{name}</bdi>
                        </span>
                        <span className="text-xs text-ink-faint">{group}</span>
                      </span>
                    ),
                  },
                  { key: "here", header: lists.columns.here, align: "end", cell: ({ here }) => here },
                  { key: "there", header: lists.columns.there, align: "end", cell: ({ there }) => there },
                  { key: "waiting", header: lists.columns.waiting, cell: ({ waiting }) => waiting && <Lines lines={waiting} /> },
                  {
                    key: "notes",
                    header: lists.columns.notes,
                    cell: ({ notes, compared }) => (
                      <>
                        <Lines lines={notes} />
                        <span className="text-xs text-ink-faint">{compared}</span>
                      </>
                    ),
                  },
                ]}
              />
            </Card>
          </Section>
        )}
        {catalog && <Figures {...catalog} />}
        {problem && (
          <Callout tone="warn" title={problem.title}>
            {problem.body}
          </Callout>
        )}
        {coupon && (
          <div>
            <Figures {...coupon.figures} />
            <div className="mt-4 grid justify-items-start gap-2 text-sm">
              <p>{coupon.tag.lead}</p>
              <div className="flex max-w-full flex-wrap items-center gap-2">
                <code
                  dir="ltr"
                  className="rounded-control border border-line bg-surface px-3 py-2 font-mono text-[0.8125rem] [overflow-wrap:anywhere]"
                >
                  {coupon.tag.text}
                </code>
                <CopyButton value={coupon.tag.text} />
              </div>
            </div>
          </div>
        )}
        {refused && (
          <Section title={refused.title} space="none">
            <Card padding="none">
              <Table
                caption={refused.caption}
                rows={refused.rows}
                rowKey={({ key }) => key}
                columns={[
                  { key: "what", header: refused.columns.what, primary: true, cell: ({ what }) => <bdi>{what}</bdi> },
                  { key: "why", header: refused.columns.why, cell: ({ why }) => <bdi className="[overflow-wrap:anywhere]">{why}</bdi> },
                ]}
              />
            </Card>
            <Notes notes={refused.notes} />
          </Section>
        )}
      </div>
    </>
  );
}

const Lines = ({ lines }: { lines: readonly string[] }) => (
  <span className="grid gap-0.5">
    {lines.map((line) => (
      <span key={line}>{line}</span>
    ))}
  </span>
);
