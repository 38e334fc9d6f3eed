/** From here on Stirling's series of eight terms is exact to the last bits. */
const seriesFrom = 10;
/** B(2k) / (2k (2k − 1)). */
const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
const halfLogTwoPi = 0.9189385332046728;

/**
 * ln Γ(x) for x > 0, by Stirling's series above 10 and Γ(x+1) = x Γ(x) below (Abramowitz and Stegun 6.1.15 and 6.1.40); its error is below 1e-14,
 * or as much of its value. It is our own because of its weight: `@stdlib/math-base-special-gammaln` and `-digamma` add 15.4 KiB (gzip) to the Worker,
 * these two files 0.3.
 */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < seriesFrom; at++) product *= at;
  const inverse = 1 / (at * at);
  const series = terms.reduceRight((sum, term) => sum * inverse + term, 0) / at;
  return (at - 0.5) * Math.log(at) - at + halfLogTwoPi + series - Math.log(product);
}
