import { expect, test } from "vitest";
import { digamma } from "#server/models/numbers/digamma.ts";
import { logGamma } from "#server/models/numbers/log-gamma.ts";
import { logNormalTail } from "#server/models/numbers/log-normal-tail.ts";
import { midranks } from "#server/models/numbers/midranks.ts";

/** As near as sixteen digits tell, of the value or of 1. */
const isNear = (found: number, known: number) => expect(Math.abs(found - known)).toBeLessThan(1e-12 * Math.max(1, Math.abs(known)));

// mpmath 1.3, 25 digits: loggamma(x), digamma(x).
test.each([
  [0.001, 6.90717888538385, -1000.57557193181],
  [0.5, 0.5723649429247, -1.96351002602142],
  [1.5, -0.120782237635245, 0.0364899739785766],
  [3.7, 1.42807232666539, 1.16715353936151],
  [9.99, 12.7793152143502, 2.2507003728312],
  [10, 12.8018274800815, 2.25175258906672],
  [123.4, 469.336097442191, 4.81137377511628],
  [1e6, 12815504.5691476, 13.8155100579642],
])("ln Γ and its derivative at %d", (x, log, derivative) => {
  isNear(logGamma(x), log);
  isNear(digamma(x), derivative);
});

// mpmath: log(erfc(z / sqrt(2)) / 2).
test.each([
  [-40, 0],
  [-5, -2.86651612963764e-7],
  [-1, -0.17275377902345],
  [0, -Math.LN2],
  [1, -1.84102164500926],
  [2.9, -6.28405823494742],
  [3, -6.60772622151035],
  [3.1, -6.94068845842123],
  [8, -35.0134371599146],
  [50, -1254.83136113942],
])("the logarithm of the normal tail beyond %d", (z, log) => {
  isNear(logNormalTail(z), log);
});

test("equal values share the middle of their ranks", () => {
  expect(midranks([5, 1, 5, 5, 0])).toEqual([4, 2, 4, 4, 1]);
  expect(midranks([])).toEqual([]);
});
