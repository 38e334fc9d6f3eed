import { z95 } from "./interval.ts";

/** The normal deviate of a power of 80 %. */
const z80 = 0.8416212335729143;

export interface Wanted {
  /** The share (0 to 1) without the effect, and what it is with it. */
  without: number;
  having: number;
  /** How many times as large the other group is as the one that is left alone. */
  ratio: number;
}

/**
 * How many must be in the smaller group, of two whose sizes differ by `ratio`, so that the effect is seen with 80 % where it is there;
 * it is looked for with `z` standard errors. Not rounded. Source: Fleiss, Levin, Paik, "Statistical methods for rates and proportions" 3rd ed., 4.14 to 4.16,
 * without the correction for continuity.
 */
export function smallestSample({ without, having, ratio }: Wanted, z: number = z95): number {
  const mean = (without + ratio * having) / (ratio + 1);
  const asNone = z * Math.sqrt((ratio + 1) * mean * (1 - mean));
  const asSome = z80 * Math.sqrt(ratio * without * (1 - without) + having * (1 - having));
  return (asNone + asSome) ** 2 / (ratio * (having - without) ** 2);
}
