import type { BgNbdParams } from "./bg-nbd-likelihood.ts";
import type { CustomerHistory } from "./group-histories.ts";

/**
 * The chance that a customer has not left, given the history (Fader, Hardie, Lee 2005; Fader, Hardie 2008, "Computing P(alive) Using
 * the BG/NBD Model"). It is 1 for everyone who bought once, since the model lets nobody leave before a repeat purchase: it is a factor of the
 * answers of this room and says nothing to people by itself.
 */
export function stillBuying({ r, alpha, a, b }: BgNbdParams, { frequency, recency, age }: CustomerHistory): number {
  if (frequency === 0) return 1;
  const left = Math.log(a / (b + frequency - 1)) + (r + frequency) * Math.log((alpha + age) / (alpha + recency));
  return 1 / (1 + Math.exp(left));
}
