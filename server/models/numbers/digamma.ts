const seriesFrom = 10;
/** B(2k) / (2k). */
const terms = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160];

/** The derivative of ln Γ(x) for x > 0, as logGamma is made (Abramowitz and Stegun 6.3.5 and 6.3.18). */
export function digamma(x: number): number {
  let before = 0;
  let at = x;
  for (; at < seriesFrom; at++) before += 1 / at;
  const inverse = 1 / (at * at);
  return Math.log(at) - 1 / (2 * at) - inverse * terms.reduceRight((sum, term) => sum * inverse + term, 0) - before;
}
