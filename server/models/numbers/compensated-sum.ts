/**
 * Adds numbers without losing the small ones beside the large: what a sum of floats rounds away is kept apart and added at the end
 * (Neumaier 1974). Its error does not grow with how many are added.
 */
export function compensatedSum(): { add(value: number): void; total(): number } {
  let sum = 0;
  let lost = 0;
  return {
    add(value) {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}
