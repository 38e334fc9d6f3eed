import type { ChartData } from "./chart-data.ts";
import type { Scale } from "./scale.ts";

/** What explores a chart, see `Explorer`. */
export interface CanvasProps {
  data: ChartData;
  title: string;
  scale: Scale;
  /** In pixels, until it is measured. */
  size: { width: number; height: number };
  /** Whether what it takes the place of had the focus. */
  focused: boolean;
}
