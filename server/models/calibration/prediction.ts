/** A chance that was said, and what happened. */
export interface Prediction {
  /** From 0 to 1; for `rankingQuality` any score, the higher the likelier. */
  predicted: number;
  /** Whether it happened. */
  observed: boolean;
}
