/** A share or a difference with the bounds between which it lies. Of what all three are is said where it is made. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** The normal distribution's quantile of 97.5 %: two-sided bounds of 95 %. */
export const z95 = 1.959963984540054;
