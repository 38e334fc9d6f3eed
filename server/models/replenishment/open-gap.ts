/** What is known of one customer of a product, in one unit of time throughout. */
export interface OpenGap {
  /** Between its earlier purchases of the product, each above 0; none for who bought it once. */
  gaps: readonly number[];
  /** How long ago the last purchase was. */
  elapsed: number;
}
