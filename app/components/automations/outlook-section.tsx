import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Notes } from "./notes.tsx";

interface TableView<Row extends { key: string }> {
  caption: string;
  /** Headers of the columns in their order. */
  columns: Partial<Record<keyof Row & string, string>>;
  rows: Row[];
}

interface PastRow {
  key: string;
  group: string;
  customers: string;
  predicted: string;
  observed: string;
  range: string;
  /** Shares, for the drawing. */
  drawn: { predicted: number; observed: number };
}

/** What an automation expects of customers, in words and figures that are written already (`draw-outlook.server.ts`). */
export interface OutlookView {
  title: string;
  step: string;
  sentences: string[];
  segments: TableView<{ key: string; segment: string; customers: string; orders: string; value: string }> | null;
  past: (TableView<PastRow> & { title: string; sentence: string; chart: string }) | null;
  notes: string[];
}

/** What it is based on, then how many customers are expected to do what, how that went before, and what it cannot know. */
export function OutlookSection({ outlook: { title, step, sentences, segments, past, notes } }: { outlook: OutlookView }) {
  return (
    <Section title={title} space="none">
      <Card>
        <div data-step={step} className="grid gap-1 text-sm text-ink">
          {sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        {segments && <Figures view={segments} />}
        {past && (
          <>
            <h3 className="mt-6 text-sm font-semibold text-ink">{past.title}</h3>
            <p className="mt-1 text-sm text-ink">{past.sentence}</p>
            <Figures view={past} />
            <figure className="mt-4">
              <Drawing rows={past.rows} />
              <figcaption className="mt-2 text-[0.8125rem] text-ink-muted">{past.chart}</figcaption>
            </figure>
          </>
        )}
        <Notes notes={notes} />
      </Card>
    </Section>
  );
}

function Figures<Row extends { key: string }>({ view: { caption, columns, rows } }: { view: TableView<Row> }) {
  return (
    <Table
      className="-mx-4 mt-4 sm:-mx-5"
      caption={caption}
      showCaption
      rows={rows}
      rowKey={({ key }) => key}
      columns={Object.entries<string | undefined>(columns).map(([key, header], place) => ({
        key,
        header,
        ...(place === 0 ? { primary: true } : { align: "end" as const }),
        cell: (row: Row) => String(row[key as keyof Row]),
      }))}
    />
  );
}

const HEIGHT = 40;
const STEP = 12;

/** Bars of who ordered with a mark of what was predicted. The table says the same, so it is hidden from who cannot see it. */
function Drawing({ rows }: { rows: readonly PastRow[] }) {
  const top = Math.max(0.01, ...rows.flatMap(({ drawn }) => [drawn.predicted, drawn.observed]));
  const high = (share: number) => Math.round((share / top) * HEIGHT * 10) / 10;
  return (
    <div aria-hidden>
      <svg
        aria-hidden
        viewBox={`0 0 ${rows.length * STEP} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        className="block h-40 w-full text-accent rtl:-scale-x-100"
      >
        {rows.map(({ key, drawn: { predicted, observed } }, place) => (
          <g key={key}>
            <rect
              x={place * STEP + 2}
              y={HEIGHT - high(observed)}
              width={STEP - 4}
              height={high(observed)}
              fill="currentColor"
              fillOpacity={0.35}
            />
            <rect x={place * STEP + 1} y={HEIGHT - high(predicted)} width={STEP - 2} height={1} fill="currentColor" />
          </g>
        ))}
      </svg>
      <div className="mt-1 flex text-xs text-ink-faint">
        {rows.map(({ key, group }) => (
          <span key={key} className="flex-1 text-center">
            {group}
          </span>
        ))}
      </div>
    </div>
  );
}
