/** At this effective size the bound is narrowest for its purpose: about a thousand customers of whom one in nine is left alone. */
const tunedAt = 100;
const alpha = 0.05;

/** rho², which makes the bound narrowest at `tunedAt` (the paper's equation for it), fixed before anybody looked. */
const tuned = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha)) + 1) / tunedAt;

/** The size of two equal groups' half that would tell as much as these two: what the error of their difference goes by. */
export const effectiveSize = (first: number, second: number): number => (first * second) / (first + second);

/**
 * In place of 1.96 for an interval that is looked at again and again while its groups grow: with this many standard errors the truth is inside at
 * every look at once, with 95 %, however often somebody looks and whatever makes them stop. `size`: the effective size of the two groups.
 *
 * It is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
 * asymptotic confidence sequences" (Annals of Statistics 2024, theorem 2.2), which is Robbins' normal mixture. It is asymptotic: what it
 * holds for small groups is shown by simulation in `test/models/sequential.node.test.ts`.
 */
export function sequentialZ(size: number): number {
  const time = size * tuned;
  return Math.sqrt(((2 * (time + 1)) / time) * Math.log(Math.sqrt(time + 1) / alpha));
}
