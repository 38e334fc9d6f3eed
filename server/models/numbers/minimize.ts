/** A function's value at a point, and its derivatives there by each coordinate. */
export interface Evaluation {
  value: number;
  gradient: readonly number[];
}

export interface Minimum extends Evaluation {
  at: readonly number[];
  /** Whether nothing is left to gain, up to rounding; false where the steps ran out. */
  converged: boolean;
}

/** For each coordinate how low and how high it may be. */
export interface Bounds {
  low: readonly number[];
  high: readonly number[];
}

const mostSteps = 200;
/** No coordinate moves further in one step: parameters stand here on a log scale, where 2 is a factor of seven. */
const longestStep = 2;
/** What a step is foretold to gain, of |value| + 1: less is lost in rounding. */
const gainBelow = 1e-13;
/** Of |value| + 1: a gradient below it changes nothing that a log-likelihood tells. */
const flatBelow = 1e-9;

/**
 * The lowest point of a smooth function within bounds, by BFGS with projected steps and Armijo's rule (Nocedal and Wright, Numerical
 * Optimization, 2nd ed., chapters 3, 6 and 16.7). A coordinate that stands at its bound and would leave it is held there.
 *
 * It is our own because no minimiser with gradients and bounds is kept on npm: `fmin` and `optimization-js` have had no release in years,
 * `ml-levenberg-marquardt` fits sums of squares only. The models here have four parameters at most.
 */
export function minimize(objective: (at: readonly number[]) => Evaluation, start: readonly number[], bounds: Bounds): Minimum {
  let at = within(bounds, start);
  let here = objective(at);
  let inverse = identity(at.length);
  let isFresh = true;
  const widths = new Array<number>(at.length).fill(1);
  for (let step = 0; step < mostSteps; step++) {
    const isFree = here.gradient.map((slope, i) => !isHeld(bounds, at, i, slope));
    const gradient = here.gradient.map((slope, i) => (isFree[i] ? slope : 0));
    inverse = among(inverse, isFree, widths);
    if (Math.max(...gradient.map(Math.abs)) <= flatBelow * (Math.abs(here.value) + 1)) return { at, ...here, converged: true };
    const direction = downhill(inverse, gradient);
    if (!isFresh && -dot(direction, gradient) / 2 <= gainBelow * (Math.abs(here.value) + 1)) return { at, ...here, converged: true };
    const found = descend(objective, { at, here, bounds, gradient, direction });
    if (found === null) {
      // Straight downhill nothing is lower: what is left is rounding.
      if (isFresh) return { at, ...here, converged: true };
      inverse = identity(at.length);
      isFresh = true;
      continue;
    }
    const moved = found.at.map((value, i) => value - (at[i] ?? 0));
    const turned = found.there.gradient.map((slope, i) => (isFree[i] ? slope - (here.gradient[i] ?? 0) : 0));
    inverse = updated(inverse, moved, turned, isFresh);
    isFresh = false;
    at = found.at;
    here = found.there;
  }
  return { at, ...here, converged: false };
}

interface Standing {
  at: readonly number[];
  here: Evaluation;
  bounds: Bounds;
  /** With 0 for what is held at its bound. */
  gradient: readonly number[];
  direction: readonly number[];
}

/** A lower point in a direction, or null where there is none. */
function descend(
  objective: (at: readonly number[]) => Evaluation,
  { at, here, bounds, gradient, direction }: Standing,
): { at: number[]; there: Evaluation } | null {
  const longest = Math.max(...direction.map(Math.abs));
  for (let length = Math.min(1, longestStep / longest); length * longest > 1e-12; length /= 2) {
    const next = within(
      bounds,
      at.map((value, i) => value + length * (direction[i] ?? 0)),
    );
    const gain = dot(
      gradient,
      next.map((value, i) => value - (at[i] ?? 0)),
    );
    const there = objective(next);
    if (there.value < here.value && there.value <= here.value + 1e-4 * gain) return { at: next, there };
  }
  return null;
}

/** Where the inverse of the curvature leads; straight downhill where that is no way down. What has no gradient does not move. */
function downhill(inverse: readonly (readonly number[])[], gradient: readonly number[]): number[] {
  const newton = inverse.map((row, i) => (gradient[i] === 0 ? 0 : -dot(row, gradient)));
  return dot(newton, gradient) < 0 ? newton : gradient.map((slope) => -slope);
}

/**
 * The inverse of the curvature among the coordinates that are free: one that is newly held is taken out of the others (the Schur complement), and
 * begins again with the width that it had, which `widths` remembers.
 */
function among(inverse: number[][], isFree: readonly boolean[], widths: number[]): number[][] {
  return isFree.reduce((rows, free, i) => {
    const width = rows[i]?.[i] ?? 0;
    if (free) return width > 0 ? rows : rows.map((row, j) => (j === i ? row.map((_, k) => (k === i ? (widths[i] ?? 1) : 0)) : row));
    if (width === 0) return rows;
    widths[i] = width;
    return rows.map((row, j) => row.map((value, k) => (j === i || k === i ? 0 : value - ((row[i] ?? 0) * (rows[i]?.[k] ?? 0)) / width)));
  }, inverse);
}

/** The inverse of the curvature after a step, unless the step shows none. */
function updated(inverse: number[][], moved: readonly number[], turned: readonly number[], isFresh: boolean): number[][] {
  const curve = dot(moved, turned);
  if (!(curve > 1e-12 * Math.sqrt(dot(moved, moved) * dot(turned, turned)))) return inverse;
  const base = isFresh ? inverse.map((row) => row.map((value) => (value * curve) / dot(turned, turned))) : inverse;
  const along = base.map((row) => dot(row, turned));
  const growth = (1 + dot(along, turned) / curve) / curve;
  return base.map((row, i) =>
    row.map((value, j) => {
      const [mi, mj, ai, aj] = [moved[i] ?? 0, moved[j] ?? 0, along[i] ?? 0, along[j] ?? 0];
      return value + growth * mi * mj - (ai * mj + mi * aj) / curve;
    }),
  );
}

/** Whether a coordinate stands at a bound and going down would lead beyond it. */
const isHeld = ({ low, high }: Bounds, at: readonly number[], i: number, slope: number): boolean => {
  const value = at[i] ?? 0;
  return (value <= (low[i] ?? -Infinity) && slope > 0) || (value >= (high[i] ?? Infinity) && slope < 0);
};

const within = ({ low, high }: Bounds, point: readonly number[]): number[] =>
  point.map((value, i) => Math.min(Math.max(value, low[i] ?? -Infinity), high[i] ?? Infinity));

const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));

const dot = (one: readonly number[], other: readonly number[]): number => one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
