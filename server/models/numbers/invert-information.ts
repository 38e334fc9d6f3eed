/**
 * The inverse of a symmetric matrix that is positive definite, by Cholesky's factors; null where it is not, or where rounding alone
 * keeps it so. Of an information matrix (second derivatives of minus the log-likelihood) this is the covariance of the estimates.
 */
export function invertInformation(matrix: readonly (readonly number[])[]): number[][] | null {
  const size = matrix.length;
  const at = (rows: readonly (readonly number[])[], i: number, j: number) => rows[i]?.[j] ?? 0;
  const factor: number[][] = [];
  for (let i = 0; i < size; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let rest = at(matrix, i, j);
      for (let k = 0; k < j; k++) rest -= (row[k] ?? 0) * (j === i ? (row[k] ?? 0) : at(factor, j, k));
      if (i !== j) row.push(rest / at(factor, j, j));
      else if (rest > 1e-10 * at(matrix, i, i)) row.push(Math.sqrt(rest));
      else return null;
    }
    factor.push(row);
  }
  const columns = Array.from({ length: size }, (_, column) => solve(factor, column));
  return columns.map((_, i) => columns.map((column) => column[i] ?? 0));
}

/** The solution x of L Lᵀ x = e, the column of that number of the identity. */
function solve(factor: readonly (readonly number[])[], column: number): number[] {
  const size = factor.length;
  const at = (i: number, j: number) => factor[i]?.[j] ?? 0;
  const middle: number[] = [];
  for (let i = 0; i < size; i++) {
    let rest = Number(i === column);
    for (let k = 0; k < i; k++) rest -= at(i, k) * (middle[k] ?? 0);
    middle.push(rest / at(i, i));
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = middle[i] ?? 0;
    for (let k = i + 1; k < size; k++) rest -= at(k, i) * (solution[k] ?? 0);
    solution[i] = rest / at(i, i);
  }
  return solution;
}
