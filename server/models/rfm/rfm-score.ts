import type { RfmCustomer, RfmScale } from "./rfm-scale.ts";

/** Each from 1 to 5, where 5 is the best fifth; `total` is their sum, from 3 to 15. */
export interface RfmScore {
  recency: number;
  frequency: number;
  monetary: number;
  total: number;
}

/**
 * A customer's scores on its shop's scale. Equal customers have equal scores, so that a fifth may be empty: where most bought once, they share the
 * lowest frequency.
 */
export function rfmScore(scale: RfmScale, { since, frequency, monetary }: RfmCustomer): RfmScore {
  const recency = 5 - scale.since.filter((end) => since > end).length;
  const often = 1 + scale.frequency.filter((end) => frequency > end).length;
  const much = 1 + scale.monetary.filter((end) => monetary > end).length;
  return { recency, frequency: often, monetary: much, total: recency + often + much };
}
