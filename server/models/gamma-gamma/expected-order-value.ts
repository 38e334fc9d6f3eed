import type { GammaGammaParams, OrderValues } from "./gamma-gamma-likelihood.ts";

/**
 * What an order of a customer is expected to be worth, in the currency of the fit (Fader, Hardie 2013, equation 5): between the customer's own mean
 * and that of all customers, nearer to its own the more orders it has. Who has none (`mean` is not read then) is expected to be like all.
 */
export function expectedOrderValue({ p, q, v }: GammaGammaParams, { orders, mean }: OrderValues): number {
  return orders === 0 ? (p * v) / (q - 1) : (p * (v + orders * mean)) / (p * orders + q - 1);
}
