import { expect, test } from "vitest";
import { wilson } from "#server/models/wilson.ts";

// By Python: statsmodels.stats.proportion.proportion_confint(k, n, method="wilson").
test.each([
  [0, 10, 0, 0.2775328],
  [5, 10, 0.2365931, 0.7634069],
  [30, 30, 0.8864866, 1],
  [35, 35, 0.901099, 1],
  [97, 100, 0.9154808, 0.9897455],
])("%d of %d lies between %d and %d", (successes, of, low, high) => {
  const found = wilson(successes, of);
  expect(found?.low).toBeCloseTo(low, 6);
  expect(found?.high).toBeCloseTo(high, 6);
});

test("of nothing there is no share", () => {
  expect(wilson(0, 0)).toBeNull();
});
