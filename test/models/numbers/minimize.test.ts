import { expect, test } from "vitest";
import { compensatedSum } from "#server/models/numbers/compensated-sum.ts";
import { invertInformation } from "#server/models/numbers/invert-information.ts";
import { type Evaluation, minimize } from "#server/models/numbers/minimize.ts";
import { observedInformation } from "#server/models/numbers/observed-information.ts";

const unbounded = { low: [-Infinity, -Infinity], high: [Infinity, Infinity] };
/** Rosenbrock's valley, the lowest at (1, 1). */
const valley = ([x = 0, y = 0]: readonly number[]): Evaluation => ({
  value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  gradient: [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
});

test("the lowest point of a bent valley is found from its far end", () => {
  const { at, value, converged } = minimize(valley, [-1.2, 1], unbounded);
  expect(converged).toBe(true);
  expect(value).toBeLessThan(1e-12);
  expect(at[0]).toBeCloseTo(1, 6);
});

test("a bound is kept, and the lowest point on it found", () => {
  const { at, converged } = minimize(valley, [-1.2, 1], { low: [-2, -2], high: [0.5, 2] });
  expect(converged).toBe(true);
  expect(at[0]).toBe(0.5);
  expect(at[1]).toBeCloseTo(0.25, 8);
});

test("along a narrow ridge that leads to a bound the lowest point is found in some dozens of evaluations", () => {
  let evaluations = 0;
  const ridge = ([x = 0, y = 0, z = 0, w = 0]: readonly number[]): Evaluation => {
    evaluations++;
    const [across, along, beside] = [x - y, y - 20, z + w - x / 10];
    return {
      value: 1000 * across ** 2 + 0.01 * along ** 2 + 300 * beside ** 2 + z ** 2,
      gradient: [2000 * across - 60 * beside, -2000 * across + 0.02 * along, 600 * beside + 2 * z, 600 * beside],
    };
  };
  const { at, converged } = minimize(ridge, [0, 0, 3, 3], { low: Array(4).fill(-30), high: [30, 10, 30, 30] });
  expect(converged).toBe(true);
  expect(at[1]).toBe(10);
  expect(at[3]).toBeCloseTo(1, 5);
  expect(evaluations).toBeLessThan(200);
});

test("a start beyond the bounds is brought within them, and a slope without an end is followed to its bound", () => {
  const slope = ([x = 0, y = 0]: readonly number[]): Evaluation => ({ value: x - y, gradient: [1, -1] });
  expect(minimize(slope, [50, 50], { low: [-3, -3], high: [3, 4] }).at).toEqual([-3, 4]);
});

test("where a function is no number the way is not taken", () => {
  const well = ([x = 0]: readonly number[]): Evaluation => ({ value: x - Math.log(x), gradient: [1 - 1 / x] });
  expect(minimize(well, [1.9], { low: [-5], high: [5] }).at[0]).toBeCloseTo(1, 6);
});

test("the information is that of the second derivatives, and its inverse theirs", () => {
  const information = observedInformation(valley, [1, 1]);
  expect(information.flat().map((value) => Math.round(value * 100) / 100)).toEqual([802, -400, -400, 200]);
  const inverse = invertInformation(information) ?? [];
  expect(inverse.flat().map((value) => Math.round(value * 1000) / 1000)).toEqual([0.5, 1, 1, 2.005]);
});

test.each([
  [
    "bends down",
    [
      [-1, 0],
      [0, 1],
    ],
  ],
  [
    "is flat in one direction",
    [
      [1, 1],
      [1, 1],
    ],
  ],
  [
    "has a saddle",
    [
      [1, 2],
      [2, 1],
    ],
  ],
])("what %s has no inverse", (_, matrix) => {
  expect(invertInformation(matrix)).toBe(null);
});

test("a sum keeps the small ones beside the large", () => {
  const sum = compensatedSum();
  for (const value of [1, 1e100, 1, -1e100]) sum.add(value);
  expect(sum.total()).toBe(2);
});
