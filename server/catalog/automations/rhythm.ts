import type { Money } from "#db/words/locales.ts";
import type { Purchase } from "#server/catalog/shop-history.ts";

/** How a customer buys. Instants and spans in milliseconds. */
export interface Rhythm {
  /** Days on which they bought. */
  orders: number;
  lastAt: number;
  /** The median of the gaps between two such days. */
  gapMs: number;
  /** The median of what they paid an order, in the currency of the last one. */
  usual: Money;
}

/** What a customer's purchases say of how they buy; null with fewer than three days of purchase, which have no rhythm. */
export function rhythmOf(purchases: readonly Purchase[]): Rhythm | null {
  const sorted = [...purchases].sort((a, b) => a.at - b.at);
  const days = sorted.filter(({ day }, place) => day !== sorted[place - 1]?.day);
  const last = sorted.at(-1);
  if (!last || days.length < 3) return null;
  const usual = usualOf(sorted);
  if (!usual) return null;
  return {
    orders: days.length,
    lastAt: last.at,
    gapMs: median(days.slice(1).map(({ at }, place) => at - (days[place]?.at ?? at))),
    usual,
  };
}

/** The median of what a customer paid an order, in the currency of the last one; null without any. */
export function usualOf(purchases: readonly Purchase[]): Money | null {
  const [first, ...others] = purchases;
  if (!first) return null;
  const { currency } = others.reduce((last, each) => (each.at >= last.at ? each : last), first);
  const paid = purchases.flatMap((each) => (each.currency === currency ? [each.grossMinor] : []));
  return { minor: Math.round(median(paid)), currency };
}

/** Of an even number the mean of the middle two; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
