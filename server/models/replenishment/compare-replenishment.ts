import { chanceToReplenish } from "./chance-to-replenish.ts";
import type { ReplenishmentModel } from "./fit-replenishment.ts";
import type { OpenGap } from "./open-gap.ts";

/** The usual rules: so long after the last purchase the next one is due. */
export type ReplenishmentRule = "product_mean" | "product_median" | "own_mean";

export interface ReplenishmentOutcome extends OpenGap {
  /** Whether the customer bought the product again in the time that was asked. */
  bought: boolean;
}

export interface ReplenishmentComparison {
  rule: ReplenishmentRule;
  /** For whom the rule's due date lay in the time that was asked. */
  listed: number;
  /** Of them, who bought. */
  rightByRule: number;
  /** Of as many customers whom the model holds the likeliest, who bought; of equal ones in proportion. */
  rightByModel: number;
}

const rules: readonly ReplenishmentRule[] = ["product_mean", "product_median", "own_mean"];

/** The model beside each usual rule on what happened within so much time: lists of the same length, and who on them bought. */
export function compareReplenishment(
  model: ReplenishmentModel,
  outcomes: readonly ReplenishmentOutcome[],
  within: number,
): ReplenishmentComparison[] {
  const ranked = outcomes
    .map((outcome) => ({ chance: chanceToReplenish(model, outcome, within), bought: outcome.bought }))
    .sort((x, y) => y.chance - x.chance);
  return rules.map((rule) => {
    const listed = outcomes.filter(({ gaps, elapsed }) => {
      const due = dueAfter(rule, model, gaps);
      return due > elapsed && due <= elapsed + within;
    });
    return {
      ...{ rule, listed: listed.length, rightByRule: listed.filter(({ bought }) => bought).length },
      rightByModel: boughtAmongFirst(ranked, listed.length),
    };
  });
}

/** How long after the last purchase a rule expects the next; the product's mean for a customer with no gap of its own. */
function dueAfter(rule: ReplenishmentRule, { rules }: ReplenishmentModel, gaps: readonly number[]): number {
  switch (rule) {
    case "product_mean":
      return rules.mean;
    case "product_median":
      return rules.median;
    case "own_mean":
      return gaps.length === 0 ? rules.mean : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    default:
      return rule satisfies never;
  }
}

function boughtAmongFirst(ranked: readonly { chance: number; bought: boolean }[], places: number): number {
  let found = 0;
  for (let from = 0; from < Math.min(places, ranked.length); ) {
    const { chance } = ranked[from] ?? { chance: 0 };
    let to = from;
    let bought = 0;
    // Read in place: a product that many thousands buy again is compared within a step.
    for (; to < ranked.length && ranked[to]?.chance === chance; to++) bought += Number(ranked[to]?.bought);
    found += bought * Math.min(1, (places - from) / (to - from));
    from = to;
  }
  return found;
}
