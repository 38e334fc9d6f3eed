import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";
import { logGapTail, type Rhythm } from "./log-gap-tail.ts";
import type { OpenGap } from "./open-gap.ts";
import { shareToCome } from "./share-to-come.ts";

/** How a product is bought again; gaps in one unit of time throughout. */
export interface ReplenishmentModel extends Rhythm {
  /** The chance that a customer buys it at some time after the first purchase, and after any later one. */
  returns: { once: number; again: number };
  customers: number;
  gaps: number;
  /** The rules to hold it against: the mean and the median of all gaps. */
  rules: { mean: number; median: number };
}

/** The rhythm of less than this many gaps is an anecdote. */
const fewestGaps = 5;
/** Purchases are known by the day: a month's gap is not known better than by a twentieth. */
const leastWithin = 0.05 ** 2;
const mostRounds = 500;

/**
 * A product's gaps: log-normal gaps around each customer's own mean, which is normal around the product's (Efron and Morris 1975). The variances are
 * those of a one-way analysis with unequal counts (Searle, Casella, McCulloch 1992, section 3.6), the mean weighs each customer by how well its own
 * is known. Of who has not bought again yet some never will: the chance of coming back is that of a cure model (Berkson and Gage 1952) by maximum
 * likelihood, with the gaps that are still open. Customers and gaps may come in any order. Null of fewer than five gaps. Throws a RangeError for a
 * gap that is not above 0. Gaps that have ended are shorter than those to come where the history is not much longer than they are.
 */
export function fitReplenishment(customers: readonly OpenGap[]): ReplenishmentModel | null {
  const all = customers.flatMap(({ gaps }) => gaps).sort((x, y) => x - y);
  if (all.some((gap) => !(gap > 0 && Number.isFinite(gap)))) throw new RangeError("a gap between purchases is above 0");
  if (all.length < fewestGaps) return null;
  const rhythm = rhythmOf(
    customers.flatMap(({ gaps }) => (gaps.length > 0 ? [gaps] : [])),
    all.length,
  );
  const [once, more] = [customers.filter(({ gaps }) => gaps.length === 0), customers.filter(({ gaps }) => gaps.length > 0)];
  return {
    ...rhythm,
    returns: { once: returnsOf(rhythm, more.length, once), again: returnsOf(rhythm, all.length - more.length, more) },
    ...{ customers: customers.length, gaps: all.length },
    rules: { mean: sumOf(all) / all.length, median: median(all) },
  };
}

function rhythmOf(lists: readonly (readonly number[])[], gaps: number): Rhythm {
  const logs = lists
    .map((list) => list.map(Math.log).sort((x, y) => x - y))
    .map((own) => ({ own, count: own.length, mean: sumOf(own) / own.length }))
    .sort((x, y) => x.count - y.count || x.mean - y.mean);
  const grand = sumOf(logs.map(({ count, mean }) => count * mean)) / gaps;
  const squaresWithin = sumOf(logs.flatMap(({ own, mean }) => own.map((log) => (log - mean) ** 2)));
  const squaresBetween = sumOf(logs.map(({ count, mean }) => count * (mean - grand) ** 2));
  const squares = sumOf(logs.map(({ count }) => count * count));
  const { within, between } = variances(squaresWithin, squaresBetween, { gaps, customers: logs.length, squares });
  const weighed = logs.map(({ count, mean }) => ({ mean, weight: 1 / (between + within / count) }));
  const mean = sumOf(weighed.map(({ mean, weight }) => weight * mean)) / sumOf(weighed.map(({ weight }) => weight));
  return { mean, within, between };
}

/** The chance of another purchase, of so many that came and those that may come yet, by expectation and maximisation. */
function returnsOf(rhythm: Rhythm, came: number, open: readonly OpenGap[]): number {
  const tails = open.map(({ gaps, elapsed }) => logGapTail(rhythm, gaps, elapsed)).sort((x, y) => x - y);
  let returns = 0.5;
  for (let round = 0; round < mostRounds; round++) {
    const next = (came + sumOf(tails.map((tail) => shareToCome(returns, tail)))) / (came + tails.length);
    if (Math.abs(next - returns) < 1e-9) return next;
    returns = next;
  }
  return returns;
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
