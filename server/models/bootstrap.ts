import type { Interval } from "./interval.ts";

/** A group's amounts: those that are not zero, and how many there are with the zeros. */
export interface Drawn {
  amounts: readonly number[];
  of: number;
}

/** Of both groups together about as many amounts are drawn at most, however large they are. */
const mostDraws = 500_000;
const mostResamples = 2_000;
const leastResamples = 200;

/**
 * The difference of two means, the first less the second, with the bounds of the bootstrap's percentiles (95 %), for amounts of whatever
 * distribution: a check on Welch's. The same amounts and seed give the same bounds. Null where a group is empty. Source: Efron and Tibshirani 1993, chapter 13.
 */
export function bootstrap(first: Drawn, second: Drawn, seed: number): Interval | null {
  if (first.of === 0 || second.of === 0) return null;
  const random = randomOf(seed);
  const resamples = Math.min(
    mostResamples,
    Math.max(leastResamples, Math.floor(mostDraws / (first.amounts.length + second.amounts.length + 1))),
  );
  const found = new Float64Array(resamples);
  const sorted = [ordered(first), ordered(second)] as const;
  for (let index = 0; index < resamples; index++) found[index] = meanOf(sorted[0], random) - meanOf(sorted[1], random);
  found.sort();
  return { estimate: mean(first) - mean(second), low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

/** Whichever order the amounts came in. */
const ordered = ({ amounts, of }: Drawn): Drawn => ({ amounts: [...amounts].sort((a, b) => a - b), of });

const mean = ({ amounts, of }: Drawn): number => amounts.reduce((sum, amount) => sum + amount, 0) / of;

/** The mean of a resample. Zeros are not drawn one by one: how many lie before the next amount has a geometric distribution. */
function meanOf({ amounts, of }: Drawn, random: () => number): number {
  if (amounts.length === 0) return 0;
  const isZero = Math.log1p(-amounts.length / of);
  const zeros = () => Math.floor(Math.log(1 - random()) / isZero);
  let sum = 0;
  for (let drawn = zeros(); drawn < of; drawn += 1 + zeros()) sum += amounts[Math.floor(random() * amounts.length)] as number;
  return sum / of;
}

function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}

/** Numbers from 0 to 1, the same for a seed. Source: Bob Jenkins' small fast generator with three words and a counter (sfc32), of PractRand. */
export function randomOf(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 15; warm++) next();
  return next;
}
