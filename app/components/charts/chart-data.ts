import type { Unit } from "#app/i18n/format.ts";

export interface ChartSeries {
  /** The key of its figures in each point. */
  key: string;
  /** In the reader's language. */
  label: string;
  /** What the others are compared with: drawn faint, behind them. */
  past?: boolean;
}

export interface ChartPoint {
  /** A calendar day `YYYY-MM-DD` where `xIs` is "day", else a name. */
  x: string;
  /** By series key; null where nothing was measured. Money is minor units. */
  values: Readonly<Record<string, number | null>>;
}

/** What every chart draws, and what its table lists. */
export interface ChartData {
  series: readonly ChartSeries[];
  points: readonly ChartPoint[];
  xIs: "day" | "text";
  /** The heading of the table's first column; "Date" when left out and `xIs` is "day". */
  xLabel?: string;
  unit: Unit;
  currency?: string;
  /** `steps` for a state, which holds until the next one; straight lines when left out. */
  shape?: "line" | "steps";
  /** The `x` of a point that is not over: what is counted there still grows. */
  running?: string | undefined;
}

export interface ChartProps {
  data: ChartData;
  /** Names the figure and its table; not shown, the card around it has the heading. */
  title: string;
  /** A Tailwind class of the least height; where there is more room, the drawing takes it. */
  height?: string;
  /** The address of a page with its figures, which stand in a fold-out here. Left out on that page, where they are open. */
  figuresAt?: string | undefined;
}

interface SeriesStyle {
  color: string;
  text: string;
  dash: string | undefined;
}

/** Each series has its colour and, in lines, its dashes, so that colour is not the only difference. */
const SERIES_STYLES: readonly [SeriesStyle, ...SeriesStyle[]] = [
  { color: "var(--series-1)", text: "text-series-1", dash: undefined },
  { color: "var(--series-2)", text: "text-series-2", dash: "6 4" },
  { color: "var(--series-3)", text: "text-series-3", dash: "2 4" },
  { color: "var(--series-4)", text: "text-series-4", dash: "10 4 2 4" },
  { color: "var(--series-5)", text: "text-series-5", dash: "12 5" },
  { color: "var(--series-6)", text: "text-series-6", dash: "1 5" },
];

const PAST_STYLE = { color: "var(--ink-faint)", text: "text-ink-faint", dash: "3 4" } as const;

/** The style of the n-th series; the seventh begins again. */
export function seriesStyle(index: number, { past = false }: Pick<ChartSeries, "past"> = {}): SeriesStyle {
  if (past) return PAST_STYLE;
  return SERIES_STYLES[index % SERIES_STYLES.length] ?? SERIES_STYLES[0];
}
