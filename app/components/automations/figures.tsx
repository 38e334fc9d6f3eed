import { Section } from "#app/components/shell/section.tsx";
import { Notes } from "./notes.tsx";

export interface FiguresView {
  title: string;
  tiles: readonly { key: string; label: string; value: string }[];
  notes: readonly string[];
}

/** Some figures side by side, with what a reader should know of them below. A last row that is not full is stretched. */
export const Figures = ({ title, tiles, notes }: FiguresView) => (
  <Section title={title} space="none">
    <dl className="flex flex-wrap gap-px overflow-hidden rounded-control border border-line bg-line">
      {tiles.map(({ key, label, value }) => (
        <div key={key} className="grid grow basis-36 content-start gap-0.5 bg-surface px-3 py-2.5">
          <dt className="text-xs text-ink-faint">{label}</dt>
          <dd data-figure={key} className="text-lg font-semibold tabular-nums [overflow-wrap:anywhere]">
            {value}
          </dd>
        </div>
      ))}
    </dl>
    <Notes notes={notes} />
  </Section>
);
