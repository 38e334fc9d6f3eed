import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Notes } from "./notes.tsx";

export interface LiftRow {
  key: string;
  label: string;
  treated: string;
  control: string;
  difference: string;
  always: string;
}

/** What an automation brought, in words and figures that are written already (`draw-lift.server.ts`). */
export interface LiftView {
  title: string;
  verdict: string;
  sentence: string;
  caption: string;
  /** Headers of the columns in their order; without a control group there is one of figures. */
  columns: Partial<Record<"label" | "treated" | "control" | "difference" | "always", string>>;
  rows: LiftRow[];
  notes: string[];
}

/** The sentence first, then the figures it rests on. */
export function LiftSection({ lift: { title, verdict, sentence, caption, columns, rows, notes } }: { lift: LiftView }) {
  return (
    <Section title={title} space="none">
      <Card>
        <p data-verdict={verdict} className="text-sm font-medium text-ink">
          {sentence}
        </p>
        {rows.length > 0 && (
          <Table
            className="-mx-4 mt-4 sm:-mx-5"
            caption={caption}
            rows={rows}
            rowKey={({ key }) => key}
            columns={Object.entries(columns).map(([key, header]) => ({
              key,
              header,
              ...(key === "label" ? { primary: true } : { align: "end" }),
              cell: (row: LiftRow) => row[key as keyof typeof columns],
            }))}
          />
        )}
        <Notes notes={notes} />
      </Card>
    </Section>
  );
}
