import type { Evaluation } from "./minimize.ts";

const step = 1e-4;

/**
 * The second derivatives of a function at a point, from differences of its gradient on both sides of it (error of order step²); made
 * symmetric. Of minus the log-likelihood at its lowest this is the observed information.
 */
export function observedInformation(objective: (at: readonly number[]) => Evaluation, at: readonly number[]): number[][] {
  const rows = at.map((_, i) => {
    const beside = (by: number) => objective(at.map((value, j) => (j === i ? value + by : value))).gradient;
    const above = beside(step);
    const below = beside(-step);
    return above.map((slope, j) => (slope - (below[j] ?? 0)) / (2 * step));
  });
  return rows.map((row, i) => row.map((value, j) => (value + (rows[j]?.[i] ?? 0)) / 2));
}
