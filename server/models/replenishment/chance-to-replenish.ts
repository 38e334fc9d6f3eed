import { logNormalTail } from "#server/models/numbers/log-normal-tail.ts";
import type { ReplenishmentModel } from "./fit-replenishment.ts";

export interface OpenGap {
  /** The customer's own gaps between earlier purchases of the product; none for who bought it once. */
  gaps: readonly number[];
  /** How long ago the last purchase was. */
  elapsed: number;
}

/**
 * The chance (0 to 1) that a customer buys the product again within so much time, given that it has not since the last purchase: of the log-normal gap that
 * is foretold for this customer, the part between now and then of what lies after now. The customer's own mean is shrunk to the product's by
 * its count of gaps, and what is not known of it widens the foretold gap. It speaks of customers who come back at some time.
 */
export function chanceToReplenish(model: ReplenishmentModel, { gaps, elapsed }: OpenGap, within: number): number {
  const { mean, spread } = foretold(model, gaps);
  const logBeyond = (time: number) => (time <= 0 ? 0 : logNormalTail((Math.log(time) - mean) / spread));
  return 0 - Math.expm1(logBeyond(elapsed + within) - logBeyond(elapsed));
}

/** The mean and standard deviation of the logarithm of a customer's next gap. */
function foretold({ mean, within, between }: ReplenishmentModel, gaps: readonly number[]): { mean: number; spread: number } {
  const count = gaps.length;
  if (count === 0 || between === 0) return { mean, spread: Math.sqrt(within + between) };
  const own = gaps.reduce((sum, gap) => sum + Math.log(gap), 0) / count;
  const trust = (count * between) / (count * between + within);
  return { mean: mean + trust * (own - mean), spread: Math.sqrt(within + between * (1 - trust)) };
}
