import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";
import type { HistoryGroup } from "./group-histories.ts";

/**
 * How the customers of a shop buy and leave. While a customer buys, purchases come as by a Poisson process whose rates are gamma
 * distributed over customers (`r` the shape, `alpha` the rate, in the unit of time of the histories); after each repeat purchase a customer
 * leaves for good with a chance that is beta distributed over customers (`a`, `b`).
 */
export interface BgNbdParams {
  r: number;
  alpha: number;
  a: number;
  b: number;
}

/** The log-likelihood and its derivatives by each parameter. */
export interface BgNbdLikelihood {
  value: number;
  gradient: BgNbdParams;
}

/**
 * The log-likelihood of the BG/NBD model for grouped histories (Fader, Hardie, Lee 2005, "Counting Your Customers" the Easy Way,
 * equation 6), with its gradient. Frequencies are whole numbers, so each ratio of gamma or beta functions is a product of as many factors: sums of
 * their logarithms need no special function, and lose nothing where `b` is huge. The two ways to have become silent (stayed, or left after the
 * last purchase) are added on the log scale. With `a` = 0 nobody leaves, and it is the NBD model, whose derivatives by `r` and `alpha` hold.
 */
export function bgNbdLikelihood(groups: readonly HistoryGroup[]): (params: BgNbdParams) => BgNbdLikelihood {
  const customersBy = countByFrequency(groups);
  return (params) => {
    const { r, alpha, a, b } = params;
    const [value, byR, byAlpha, byA, byB] = [compensatedSum(), compensatedSum(), compensatedSum(), compensatedSum(), compensatedSum()];
    ofFrequencies(customersBy, params, { value, byR, byAlpha, byA, byB });
    for (const { frequency, recency, age, customers } of groups) {
      const power = r + frequency;
      const logAge = Math.log(alpha + age);
      const stayed = -power * logAge;
      if (frequency === 0) {
        value.add(customers * stayed);
        byR.add(-customers * logAge);
        byAlpha.add((-customers * power) / (alpha + age));
        continue;
      }
      const before = b + frequency - 1;
      const logRecency = Math.log(alpha + recency);
      const left = Math.log(a / before) - power * logRecency;
      const shareLeft = 1 / (1 + Math.exp(stayed - left));
      const shareStayed = 1 - shareLeft;
      value.add(customers * (Math.max(stayed, left) + Math.log1p(Math.exp(-Math.abs(stayed - left)))));
      byR.add(-customers * (shareStayed * logAge + shareLeft * logRecency));
      byAlpha.add(-customers * power * (shareStayed / (alpha + age) + shareLeft / (alpha + recency)));
      byA.add((customers * shareLeft) / a);
      byB.add((-customers * shareLeft) / before);
    }
    return { value: value.total(), gradient: { r: byR.total(), alpha: byAlpha.total(), a: byA.total(), b: byB.total() } };
  };
}

type Sum = ReturnType<typeof compensatedSum>;

/** What depends on how often customers bought, and not on when: Γ(r+x)/Γ(r) · α^r · B(a, b+x)/B(a, b). */
function ofFrequencies(
  customersBy: readonly number[],
  { r, alpha, a, b }: BgNbdParams,
  { value, byR, byAlpha, byA, byB }: Record<"value" | "byR" | "byAlpha" | "byA" | "byB", Sum>,
): void {
  let [log, slopeR, slopeA, slopeB] = [r * Math.log(alpha), Math.log(alpha), 0, 0];
  customersBy.forEach((customers, frequency) => {
    if (frequency > 0) {
      const i = frequency - 1;
      log += Math.log(r + i) - Math.log1p(a / (b + i));
      slopeR += 1 / (r + i);
      slopeA -= 1 / (a + b + i);
      slopeB += a / (b + i) / (a + b + i);
    }
    value.add(customers * log);
    byR.add(customers * slopeR);
    byAlpha.add((customers * r) / alpha);
    byA.add(customers * slopeA);
    byB.add(customers * slopeB);
  });
}

/** How many customers bought again 0, 1, 2, … times. */
function countByFrequency(groups: readonly HistoryGroup[]): number[] {
  const counts = new Array<number>(groups.reduce((most, { frequency }) => Math.max(most, frequency), 0) + 1).fill(0);
  for (const { frequency, customers } of groups) counts[frequency] = (counts[frequency] ?? 0) + customers;
  return counts;
}
