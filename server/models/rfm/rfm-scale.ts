/** What a customer is scored by. */
export interface RfmCustomer {
  /** How long ago the last purchase was, in any one unit of time. */
  since: number;
  /** How many purchases. */
  frequency: number;
  /** What they were worth together, in one currency. */
  monetary: number;
}

/** Where the fifths of all customers end: four values each, ascending. A scale is enough to score customers in chunks. */
export interface RfmScale {
  since: readonly number[];
  frequency: readonly number[];
  monetary: readonly number[];
}

/** The scale of a shop's customers; null of none. Their order changes nothing. */
export function rfmScale(customers: readonly RfmCustomer[]): RfmScale | null {
  if (customers.length === 0) return null;
  return {
    since: fifths(customers.map(({ since }) => since)),
    frequency: fifths(customers.map(({ frequency }) => frequency)),
    monetary: fifths(customers.map(({ monetary }) => monetary)),
  };
}

/** The values that end the first four fifths. */
function fifths(values: number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return [1, 2, 3, 4].map((fifth) => sorted[Math.max(0, Math.ceil((fifth * sorted.length) / 5) - 1)] ?? 0);
}
