import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";

/** How long one product lasts its customers, by the logarithms of the gaps between purchases; gaps in one unit of time throughout. */
export interface ReplenishmentModel {
  /** The mean log gap over customers. */
  mean: number;
  /** The variance of one customer's log gaps. */
  within: number;
  /** The variance of customers' mean log gaps. */
  between: number;
  customers: number;
  gaps: number;
  /** The rules to hold it against: the mean and the median of all gaps. */
  rules: { mean: number; median: number };
}

/** The rhythm of less than this many gaps is an anecdote. */
const fewestGaps = 5;
/** Purchases are known by the day: a month's gap is not known better than by a twentieth. */
const leastWithin = 0.05 ** 2;

/**
 * A product's gaps, each customer's list apart: log-normal gaps around each customer's own mean, which is normal around the product's (Efron and Morris 1975).
 * The variances are those of a one-way analysis with unequal counts (Searle, Casella, McCulloch 1992, section 3.6), the mean weighs
 * each customer by how well its own is known. Lists and gaps may come in any order. Null of fewer than five gaps. Throws a RangeError
 * for a gap that is not above 0. A gap that is still open is not read: who never comes back has no rhythm here.
 */
export function fitReplenishment(customers: readonly (readonly number[])[]): ReplenishmentModel | null {
  const all = customers.flat().sort((x, y) => x - y);
  if (all.some((gap) => !(gap > 0 && Number.isFinite(gap)))) throw new RangeError("a gap between purchases is above 0");
  if (all.length < fewestGaps) return null;
  const logs = customers
    .filter((gaps) => gaps.length > 0)
    .map((gaps) => gaps.map(Math.log).sort((x, y) => x - y))
    .map((own) => ({ own, count: own.length, mean: sumOf(own) / own.length }))
    .sort((x, y) => x.count - y.count || x.mean - y.mean);
  const grand = sumOf(logs.map(({ count, mean }) => count * mean)) / all.length;
  const squaresWithin = sumOf(logs.flatMap(({ own, mean }) => own.map((log) => (log - mean) ** 2)));
  const squaresBetween = sumOf(logs.map(({ count, mean }) => count * (mean - grand) ** 2));
  const { within, between } = variances(squaresWithin, squaresBetween, {
    gaps: all.length,
    customers: logs.length,
    squares: sumOf(logs.map(({ count }) => count * count)),
  });
  const weighed = logs.map(({ count, mean }) => ({ mean, weight: 1 / (between + within / count) }));
  return {
    mean: sumOf(weighed.map(({ mean, weight }) => weight * mean)) / sumOf(weighed.map(({ weight }) => weight)),
    ...{ within, between, customers: logs.length, gaps: all.length },
    rules: { mean: sumOf(all) / all.length, median: median(all) },
  };
}

/** Where each customer has one gap, nothing tells the two apart: all of it is counted as within, so that everyone is as the product is. */
function variances(
  squaresWithin: number,
  squaresBetween: number,
  { gaps, customers, squares }: { gaps: number; customers: number; squares: number },
): { within: number; between: number } {
  if (customers === 1 || gaps === customers) {
    const within = (squaresWithin + squaresBetween) / (gaps - 1);
    return { within: Math.max(leastWithin, within), between: 0 };
  }
  const within = Math.max(leastWithin, squaresWithin / (gaps - customers));
  const typical = (gaps - squares / gaps) / (customers - 1);
  return { within, between: Math.max(0, (squaresBetween / (customers - 1) - within) / typical) };
}

function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

function sumOf(values: readonly number[]): number {
  const sum = compensatedSum();
  for (const value of values) sum.add(value);
  return sum.total();
}
