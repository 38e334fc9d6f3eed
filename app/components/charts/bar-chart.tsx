import type { ChartProps } from "./chart-data.ts";
import { ChartFigure } from "./chart-figure.tsx";

/** Figures side by side; several series stand next to each other. */
export function BarChart(props: ChartProps) {
  return <ChartFigure kind="bar" {...props} />;
}
