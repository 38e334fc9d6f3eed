import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";
import { digamma } from "#server/models/numbers/digamma.ts";
import { logGamma } from "#server/models/numbers/log-gamma.ts";

/**
 * How much the orders of a shop's customers are worth. An order's value is gamma distributed (shape `p`) around its customer's mean, whatever the number
 * of that customer's orders; the rates are gamma distributed over customers (shape `q`, rate `v` in the currency of the values).
 */
export interface GammaGammaParams {
  p: number;
  q: number;
  v: number;
}

/** What a customer's repeat orders were worth. */
export interface OrderValues {
  /** How many repeat orders, as BG/NBD counts them: a whole number. */
  orders: number;
  /** Their mean, in one currency; above 0. */
  mean: number;
}

/** The log-likelihood and its derivatives by each parameter. */
export interface GammaGammaLikelihood {
  value: number;
  gradient: GammaGammaParams;
}

/** The log-likelihood of the Gamma-Gamma model (Fader, Hardie 2013, equation 1a), with its gradient. Who bought once is left out. */
export function gammaGammaLikelihood(customers: readonly OrderValues[]): (params: GammaGammaParams) => GammaGammaLikelihood {
  const repeat = customers.filter(({ orders }) => orders > 0);
  const customersBy = new Map<number, number>();
  for (const { orders } of repeat) customersBy.set(orders, (customersBy.get(orders) ?? 0) + 1);
  return ({ p, q, v }) => {
    const [value, byP, byQ, byV] = [compensatedSum(), compensatedSum(), compensatedSum(), compensatedSum()];
    for (const [orders, count] of customersBy) {
      const shape = p * orders;
      value.add(count * (logGamma(shape + q) - logGamma(shape) - logGamma(q)));
      byP.add(count * orders * (digamma(shape + q) - digamma(shape)));
      byQ.add(count * (digamma(shape + q) - digamma(q)));
    }
    for (const { orders, mean } of repeat) {
      const spent = orders * mean;
      const [logSpent, logRest] = [-Math.log1p(v / spent), -Math.log1p(spent / v)];
      value.add(p * orders * logSpent + q * logRest - Math.log(mean));
      byP.add(orders * logSpent);
      byQ.add(logRest);
      byV.add(q / v - (p * orders + q) / (v + spent));
    }
    return { value: value.total(), gradient: { p: byP.total(), q: byQ.total(), v: byV.total() } };
  };
}
