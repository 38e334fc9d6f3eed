import { HowCounted } from "#app/components/charts/how-counted.tsx";
import { LineChart } from "#app/components/charts/line-chart.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { CsvLink } from "./csv-link.tsx";
import { unitOf } from "./quantity-of.ts";
import type { SensorView } from "./sensor-state.tsx";

export interface ChartCardProps {
  id?: string;
  chart: SensorView["charts"][number];
  days: readonly string[];
  /** Whether the last day is not over. */
  running: boolean;
  /** Its figures as a file. */
  csv: string;
  /** As of `LineChart`. */
  figuresAt?: string | undefined;
  titleAs?: "h2" | "h3" | undefined;
}

/** One of a sensor's charts, of its account's days. */
export function ChartCard({ id, chart, days, running, csv, figuresAt, titleAs }: ChartCardProps) {
  const { series, unit, label, how, currency } = chart;
  const points = days.map((day, place) => ({
    x: day,
    values: Object.fromEntries(series.map(({ key, values }) => [key, values[place] ?? null])),
  }));
  return (
    <Card id={id} title={label} titleAs={titleAs} actions={<CsvLink to={csv} label={label} />} className="flex min-w-0 flex-col">
      <LineChart
        title={label}
        figuresAt={figuresAt}
        height="min-h-56"
        data={{
          series: series.map(({ key, label: name }) => ({ key, label: name })),
          points,
          xIs: "day",
          unit: unitOf(unit),
          running: running ? days.at(-1) : undefined,
          ...(currency !== undefined && { currency }),
        }}
      />
      <div className="mt-2">
        <HowCounted how={how} label={label} />
      </div>
    </Card>
  );
}
