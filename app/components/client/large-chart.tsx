import { HowCounted } from "#app/components/charts/how-counted.tsx";
import { LineChart } from "#app/components/charts/line-chart.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { ShownView } from "#app/view.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { CsvLink } from "./csv-link.tsx";
import { unitOf } from "./quantity-of.ts";

const useWords = wordsOf("overview");

export interface LargeChartProps {
  chart: NonNullable<Outputs["overview"]["get"]["chart"]>;
  /** Whose figure it is, and where all of them are. */
  sensor: { title: string; to: string };
  view: ShownView;
  csv: string;
  figuresAt: string;
}

/** The story of one figure: its days beside those that it is compared with. */
export function LargeChart({ chart, sensor, view, csv, figuresAt }: LargeChartProps) {
  const t = useWords();
  const { label, how, days, values, before, unit, currency, every, shape, running } = chart;
  const compared = before?.some((value) => value !== null) ? before : null;
  return (
    <Card
      id="chart"
      titleAs="h2"
      title={label}
      description={every === "week" ? t("story.weekly", { sensor: sensor.title }) : sensor.title}
      className="scroll-mt-20"
      actions={
        <>
          <CsvLink to={csv} label={label} />
          <Link to={sensor.to} className="link text-[0.8125rem]">
            {t("story.all", { sensor: sensor.title })}
          </Link>
        </>
      }
    >
      <LineChart
        title={label}
        figuresAt={figuresAt}
        height="min-h-60 lg:min-h-80"
        data={{
          series: [
            { key: "now", label: compared ? t("story.now") : label },
            ...(compared ? [{ key: "before", label: t(view.compare === "year" ? "compare.year" : "compare.previous"), past: true }] : []),
          ],
          points: days.map((day, place) => ({ x: day, values: { now: values[place] ?? null, before: compared?.[place] ?? null } })),
          xIs: "day",
          unit: unitOf(unit),
          shape,
          ...(every === "week" && { xLabel: t("story.week") }),
          running: running ? days.at(-1) : undefined,
          ...(currency !== null && { currency }),
        }}
      />
      <div className="mt-2">
        <HowCounted how={how} label={label} />
      </div>
    </Card>
  );
}
