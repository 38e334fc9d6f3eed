import { HowCounted } from "#app/components/charts/how-counted.tsx";
import { LineChart } from "#app/components/charts/line-chart.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { unitOf } from "./quantity-of.ts";
import type { SensorView } from "./sensor-state.tsx";

export interface ChartCardProps {
  id?: string;
  chart: SensorView["charts"][number];
  days: readonly string[];
  /** As of `LineChart`. */
  figuresAt?: string;
  titleAs?: "h2" | "h3";
  className?: string;
}

/** One of a sensor's charts, of its account's days. */
export function ChartCard({ id, chart, days, figuresAt, titleAs, className }: ChartCardProps) {
  const { series, unit, label, how, currency } = chart;
  const points = days.map((day, place) => ({
    x: day,
    values: Object.fromEntries(series.map(({ key, values }) => [key, values[place] ?? null])),
  }));
  return (
    <Card id={id} title={label} titleAs={titleAs} className={cn("flex min-w-0 flex-col", className)}>
      <LineChart
        title={label}
        figuresAt={figuresAt}
        height="min-h-64 lg:min-h-72"
        data={{
          series: series.map(({ key, label: name }) => ({ key, label: name })),
          points,
          xIs: "day",
          unit: unitOf(unit),
          running: days.at(-1),
          ...(currency !== undefined && { currency }),
        }}
      />
      <div className="mt-2">
        <HowCounted how={how} label={label} />
      </div>
    </Card>
  );
}
