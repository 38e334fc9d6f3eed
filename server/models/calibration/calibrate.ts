import type { Interval } from "#server/models/interval.ts";
import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";
import { wilson } from "#server/models/wilson.ts";
import type { Prediction } from "./prediction.ts";

export interface CalibrationGroup {
  customers: number;
  /** The mean of their chances. */
  predicted: number;
  /** The share of them for whom it happened, with Wilson's 95 % interval. */
  observed: Interval;
}

export interface Calibration {
  /** Tenths by chance, the lowest first; fewer where many share one chance. */
  groups: readonly CalibrationGroup[];
  /** The mean distance of predicted from observed over the groups, each weighted by its customers (expected calibration error, 0 to 1). */
  error: number;
}

const tenths = 10;

/**
 * How well chances hold: tenths of the customers by predicted chance, each beside what was observed (Guo and others 2017 for the error). Customers
 * with one chance stay in one group, in which their middle lies, so that the order of rows changes nothing. Null of no predictions.
 */
export function calibrate(predictions: readonly Prediction[]): Calibration | null {
  if (predictions.length === 0) return null;
  const sorted = [...predictions].sort((x, y) => x.predicted - y.predicted);
  const tallies = new Map<number, { customers: number; happened: number; sum: ReturnType<typeof compensatedSum> }>();
  for (let from = 0; from < sorted.length; ) {
    const chance = sorted[from]?.predicted ?? 0;
    let to = from;
    let happened = 0;
    for (; to < sorted.length && sorted[to]?.predicted === chance; to++) happened += Number(sorted[to]?.observed);
    const tenth = Math.floor((tenths * (from + to - 1)) / 2 / sorted.length);
    const tally = tallies.get(tenth) ?? { customers: 0, happened: 0, sum: compensatedSum() };
    tally.customers += to - from;
    tally.happened += happened;
    tally.sum.add((to - from) * chance);
    tallies.set(tenth, tally);
    from = to;
  }
  const groups = [...tallies.values()].flatMap(({ customers, happened, sum }) => {
    const observed = wilson(happened, customers);
    return observed ? [{ customers, predicted: sum.total() / customers, observed }] : [];
  });
  const away = groups.reduce((sum, { customers, predicted, observed }) => sum + customers * Math.abs(predicted - observed.estimate), 0);
  return { groups, error: away / sorted.length };
}
