import { logNormalTail } from "#server/models/numbers/log-normal-tail.ts";

/** How long a product lasts, by the logarithms of the gaps between purchases. */
export interface Rhythm {
  /** The mean log gap over customers. */
  mean: number;
  /** The variance of one customer's log gaps. */
  within: number;
  /** The variance of customers' mean log gaps. */
  between: number;
}

/**
 * The logarithm of the chance that a customer's next gap is longer than so much time, if there is a next purchase. The customer's own mean is shrunk to the
 * product's by its count of gaps, and what is not known of it widens the foretold gap.
 */
export function logGapTail({ mean, within, between }: Rhythm, gaps: readonly number[], time: number): number {
  if (time <= 0) return 0;
  const count = gaps.length;
  const trust = (count * between) / (count * between + within);
  const own = count === 0 ? mean : gaps.reduce((sum, gap) => sum + Math.log(gap), 0) / count;
  const spread = Math.sqrt(within + between * (1 - trust));
  return logNormalTail((Math.log(time) - mean - trust * (own - mean)) / spread);
}
