import type { BgNbdParams } from "./bg-nbd-likelihood.ts";
import type { CustomerHistory } from "./group-histories.ts";
import { stillBuying } from "./still-buying.ts";

/**
 * The chance (0 to 1) that a customer buys at least once within so much time from the end of what is known, in the unit of time of the
 * history. Nobody leaves between purchases, so the next one comes as of a customer who stays: 1 − ((α+T) / (α+T+t))^(r+x).
 */
export function chanceToBuy(params: BgNbdParams, history: CustomerHistory, within: number): number {
  const { r, alpha } = params;
  const buys = -Math.expm1(-(r + history.frequency) * Math.log1p(within / (alpha + history.age)));
  return stillBuying(params, history) * buys;
}
