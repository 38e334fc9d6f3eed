import type { ChartProps } from "./chart-data.ts";
import { ChartFigure } from "./chart-figure.tsx";

/** Parts of a whole, one upon the other. */
export function StackedBarChart(props: ChartProps) {
  return <ChartFigure kind="stacked" {...props} />;
}
