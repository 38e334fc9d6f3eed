const fractionFrom = 3;
/** So many levels of the fraction are enough at 3, where it converges the slowest. */
const levels = 80;
const logRootTwoPi = 0.9189385332046728;

/**
 * The logarithm of the chance that a standard normal number exceeds z. On the log scale it has an answer in the far tail too. A series of
 * positive terms below 3 (Abramowitz and Stegun 26.2.11), Laplace's continued fraction above (26.2.14); the error is below 1e-12.
 */
export function logNormalTail(z: number): number {
  if (z <= -fractionFrom) return Math.log1p(-Math.exp(logNormalTail(-z)));
  const logDensity = -0.5 * z * z - logRootTwoPi;
  if (z < fractionFrom) return Math.log(0.5 - Math.sign(z) * fromTheMiddle(Math.abs(z)));
  let fraction = z;
  for (let level = levels; level > 0; level--) fraction = z + level / fraction;
  return logDensity - Math.log(fraction);
}

/** The chance of a number between 0 and z. */
function fromTheMiddle(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return Math.exp(-0.5 * z * z - logRootTwoPi) * sum;
}
