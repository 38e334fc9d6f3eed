import type { ChartProps } from "./chart-data.ts";
import { ChartFigure } from "./chart-figure.tsx";

/** How figures went over time; with one series the area under it is tinted. */
export function LineChart(props: ChartProps) {
  return <ChartFigure kind="line" {...props} />;
}
