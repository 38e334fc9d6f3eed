import type { ChartData } from "./chart-data.ts";

/** The scale of a chart: even steps from its lowest tick to its highest, with 0 among them. */
export interface Scale {
  /** The lowest first. Where every figure is 0 it is the only one. */
  ticks: readonly number[];
  low: number;
  high: number;
}

/** So many steps at most, a negative figure may add one. */
const MOST_STEPS = 5;
const ROUND_STEPS = [1, 2, 2.5, 5, 10];
/** Steps of tenths are not whole numbers to a computer. */
const DIGITS = 12;

/** A scale begins at 0, or a small change would look like a large one; where there are figures below 0 it goes on below. */
export function scaleOf({ series, points, unit }: Pick<ChartData, "series" | "points" | "unit">): Scale {
  let [least, most] = [0, 0];
  for (const { values } of points) {
    for (const { key } of series) {
      const value = values[key] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (least === most) return { ticks: [0], low: 0, high: 1 };
  const step = roundStep((most - least) / MOST_STEPS, unit === "count" || unit === "money");
  const [from, to] = [Math.floor(least / step), Math.ceil(most / step)];
  const ticks = Array.from({ length: to - from + 1 }, (_, place) => Number(((from + place) * step).toPrecision(DIGITS)));
  return { ticks, low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1 };
}

/** The smallest round number from `least` on; of what is counted in ones, a whole one. */
function roundStep(least: number, whole: boolean): number {
  if (whole && least <= 1) return 1;
  const size = 10 ** Math.floor(Math.log10(least));
  const steps = ROUND_STEPS.map((round) => round * size).filter((step) => !whole || Number.isInteger(step));
  return steps.find((step) => step >= least * (1 - 10 ** -DIGITS)) ?? 10 * size;
}

/** The places of points that are named below a chart, the last one first: every week where it shows a month. */
export function namedPlaces(count: number): number[] {
  const every = Math.max(1, Math.floor((count - 1) / 4));
  return Array.from({ length: Math.ceil(count / every) }, (_, nth) => count - 1 - nth * every);
}

/** The unbroken stretches of a line, which a null ends: places and their values. */
export function stretchesOf(values: readonly (number | null)[]): [place: number, value: number][][] {
  const stretches: [number, number][][] = [];
  let open: [number, number][] | undefined;
  values.forEach((value, place) => {
    if (value === null) {
      open = undefined;
      return;
    }
    if (!open) {
      open = [];
      stretches.push(open);
    }
    open.push([place, value]);
  });
  return stretches;
}

/** Two decimals of a hundredth part of a drawing are less than any screen shows. */
export const rounded = (part: number): number => Math.round(part * 100) / 100;
