import { describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { normalVariate } from "#scripts/bench/simulate-customers.ts";
import { chanceToReplenish } from "#server/models/replenishment/chance-to-replenish.ts";
import { compareReplenishment } from "#server/models/replenishment/compare-replenishment.ts";
import { fitReplenishment } from "#server/models/replenishment/fit-replenishment.ts";
import { shuffled } from "../shuffled.ts";

/** Customers of one product, each with a rhythm of its own around a month. */
function simulate(customers: number, seed: string): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: customers }, () => {
    const own = 3.4 + 0.5 * normalVariate(random);
    return Array.from({ length: 1 + Math.floor(5 * random()) }, () => Math.exp(own + 0.3 * normalVariate(random)));
  });
}
const gaps = simulate(2000, "gaps");
const rules = { mean: 33, median: 30 };
const product = { mean: 3.4, within: 0.09, between: 0.16, customers: 100, gaps: 300, rules };

describe("a product's rhythm", () => {
  test("is not told by four gaps, and no gap is nothing", () => {
    expect(fitReplenishment([[30, 31], [29], [], [33]])).toBe(null);
    expect(() => fitReplenishment([[30, 0]])).toThrow(RangeError);
  });

  test("finds what gaps were made with", () => {
    const fit = fitReplenishment(gaps);
    expect(fit?.mean).toBeCloseTo(3.4, 1);
    expect(Math.sqrt(fit?.within ?? 0)).toBeCloseTo(0.3, 1);
    expect(Math.sqrt(fit?.between ?? 0)).toBeCloseTo(0.5, 1);
    expect(fit?.customers).toBe(2000);
  });

  test("does not depend on the order of customers and gaps", () => {
    expect(fitReplenishment(shuffled(gaps.map(shuffled)))).toEqual(fitReplenishment(gaps));
  });

  test("of one gap each, or of one customer, is the product's alone", () => {
    expect(fitReplenishment([[20], [25], [30], [35], [40]])).toMatchObject({ between: 0, rules: { mean: 30, median: 30 } });
    expect(fitReplenishment([[20, 25, 30, 35, 40, 60]])).toMatchObject({ between: 0, customers: 1, rules: { median: 32.5 } });
  });

  test("of gaps that are all alike keeps a width", () => {
    const fit = fitReplenishment([
      [30, 30, 30],
      [30, 30],
    ]);
    expect(fit?.within).toBeCloseTo(0.0025, 12);
    if (fit) expect(chanceToReplenish(fit, { gaps: [30], elapsed: 29 }, 5)).toBeGreaterThan(0.9);
  });
});

describe("the chance of the next purchase", () => {
  // mpmath: integrals over the customer's mean, normal(3.4, 0.16) times the densities of its own log gaps, of the tails beyond 15 + 30 and 15.
  test.each([
    [[20, 24, 22], 15, 0.97284287518],
    [[], 15, 0.773107925136],
    [[20, 24, 22], 60, 0.98756127546],
  ])("with gaps of %o, %d days after the last, is that of a slow integral", (own, elapsed, chance) => {
    expect(chanceToReplenish(product, { gaps: own, elapsed }, 30)).toBeCloseTo(chance, 8);
  });

  test("is nothing within no time, grows with it, and is a number after ten years of silence", () => {
    const open = { gaps: [20, 24, 22], elapsed: 15 };
    expect(chanceToReplenish(product, open, 0)).toBe(0);
    expect(chanceToReplenish(product, open, 10)).toBeGreaterThan(chanceToReplenish(product, open, 5));
    expect(chanceToReplenish(product, { gaps: [1], elapsed: 0 }, 1e9)).toBe(1);
    const late = chanceToReplenish(product, { gaps: [1, 1, 1, 1], elapsed: 3650 }, 30);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(1);
  });

  test("follows the customer's own rhythm the more gaps it has", () => {
    const within = (own: number[]) => chanceToReplenish(product, { gaps: own, elapsed: 1 }, 20);
    expect(within([10])).toBeGreaterThan(within([]));
    expect(within([10, 10, 10])).toBeGreaterThan(within([10]));
  });
});

test("on what gaps came next the model's lists hold more who bought than those of the usual rules, which are as long", () => {
  const random = seededRandom("elapsed");
  const cases = simulate(3000, "next").flatMap((all) => {
    const [next = 0, ...own] = all;
    const elapsed = 40 * random();
    return next > elapsed ? [{ gaps: own, elapsed, bought: next <= elapsed + 14 }] : [];
  });
  const model = fitReplenishment(gaps);
  if (!model) throw new Error("no model");
  const compared = compareReplenishment(model, cases, 14);
  expect(compared.map(({ rule }) => rule)).toEqual(["product_mean", "product_median", "own_mean"]);
  for (const { rule, listed, rightByRule, rightByModel } of compared) {
    expect(listed, rule).toBeGreaterThan(100);
    expect(rightByModel, rule).toBeGreaterThan(rightByRule);
  }
  expect(compareReplenishment(model, shuffled(cases), 14)).toEqual(compared);
});
