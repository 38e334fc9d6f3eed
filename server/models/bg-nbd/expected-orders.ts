import type { BgNbdParams } from "./bg-nbd-likelihood.ts";
import type { CustomerHistory } from "./group-histories.ts";
import { stillBuying } from "./still-buying.ts";

/** What is left out of the sum, as a share of it. */
const smallEnough = 1e-12;
const mostTerms = 1_000_000;

/**
 * How many purchases (days with an order) are expected of a customer within so much time from the end of what is known, in the unit of time of the
 * history (Fader, Hardie, Lee 2005, equation 10).
 *
 * The paper's ₂F₁ is a difference of large numbers for frequent buyers and is divided by a − 1. The same number is a sum of positive
 * terms: a customer who never leaves makes N purchases, negative binomial with r + x and t / (α+T+t); the (j+1)th of them takes place where
 * N > j and the customer stayed after j purchases, by chance Π (b+x+i) / (a+b+x+i) for i < j.
 */
export function expectedOrders(params: BgNbdParams, history: CustomerHistory, within: number): number {
  if (within <= 0) return 0;
  const { r, alpha, a, b } = params;
  const { frequency, age } = history;
  const power = r + frequency;
  const logStep = -Math.log1p((alpha + age) / within);
  let logChance = -power * Math.log1p(within / (alpha + age)); // of N = j
  let more = -Math.expm1(logChance); // the chance of N > j
  let unpaid = (power * within) / (alpha + age); // what is left of E[N], the sum of those chances
  let stayed = 1;
  let orders = 0;
  for (let j = 0; j < mostTerms; j++) {
    orders += stayed * more;
    unpaid -= more;
    stayed *= (b + frequency + j) / (a + b + frequency + j);
    if (more === 0 || stayed * unpaid <= smallEnough * orders) break;
    logChance += Math.log((power + j) / (j + 1)) + logStep;
    more = Math.max(0, more - Math.exp(logChance));
  }
  return stillBuying(params, history) * orders;
}
