import type { ReplenishmentModel } from "./fit-replenishment.ts";
import { logGapTail } from "./log-gap-tail.ts";
import type { OpenGap } from "./open-gap.ts";
import { shareToCome } from "./share-to-come.ts";

/**
 * The chance (0 to 1) that a customer buys the product again within so much time, given that it has not since the last purchase: the chance that it
 * comes back at all, which falls with its silence, times the part of its foretold gap between now and then of what lies after now.
 */
export function chanceToReplenish(
  model: Pick<ReplenishmentModel, "mean" | "within" | "between" | "returns">,
  { gaps, elapsed }: OpenGap,
  within: number,
): number {
  const now = logGapTail(model, gaps, elapsed);
  const then = logGapTail(model, gaps, elapsed + within);
  const returns = gaps.length === 0 ? model.returns.once : model.returns.again;
  return shareToCome(returns, now) * (0 - Math.expm1(then - now));
}
