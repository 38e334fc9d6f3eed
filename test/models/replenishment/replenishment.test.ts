import { describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { normalVariate } from "#scripts/bench/simulate-customers.ts";
import { calibrate } from "#server/models/calibration/calibrate.ts";
import { chanceToReplenish } from "#server/models/replenishment/chance-to-replenish.ts";
import { compareReplenishment } from "#server/models/replenishment/compare-replenishment.ts";
import { fitReplenishment } from "#server/models/replenishment/fit-replenishment.ts";
import { shuffled } from "../shuffled.ts";

/** Customers of one product, each with a rhythm of its own around a month, who come back with a chance of 0.7 and are watched for two years. */
function simulate(customers: number, seed: string): { gaps: number[]; elapsed: number; next: number }[] {
  const random = seededRandom(seed);
  return Array.from({ length: customers }, () => {
    const own = 3.4 + 0.5 * normalVariate(random);
    const gaps: number[] = [];
    for (let left = 730 * random(); ; ) {
      const next = random() < 0.7 ? Math.exp(own + 0.3 * normalVariate(random)) : Number.POSITIVE_INFINITY;
      if (next > left) return { gaps, elapsed: left, next };
      gaps.push(next);
      left -= next;
    }
  });
}
const known = simulate(3000, "known");
const closed = (...lists: number[][]) => lists.map((gaps) => ({ gaps, elapsed: 0 }));
const rules = { mean: 33, median: 30 };
const product = { mean: 3.4, within: 0.09, between: 0.16, returns: { once: 1, again: 1 }, customers: 100, gaps: 300, rules };

describe("a product's rhythm", () => {
  test("is not told by four gaps, and no gap is nothing", () => {
    expect(fitReplenishment(closed([30, 31], [29], [], [33]))).toBe(null);
    expect(() => fitReplenishment(closed([30, 0]))).toThrow(RangeError);
  });

  test("finds what gaps were made with", () => {
    const fit = fitReplenishment(known);
    expect(fit?.mean).toBeCloseTo(3.4, 1);
    expect(Math.sqrt(fit?.within ?? 0)).toBeCloseTo(0.3, 1);
    expect(Math.sqrt(fit?.between ?? 0)).toBeCloseTo(0.5, 1);
    expect(Math.abs((fit?.returns.once ?? 0) - 0.7)).toBeLessThan(0.04);
    expect(Math.abs((fit?.returns.again ?? 0) - 0.7)).toBeLessThan(0.04);
    expect(fit?.customers).toBe(3000);
  });

  test("does not depend on the order of customers and gaps", () => {
    const mixed = shuffled(known.map(({ gaps, elapsed }) => ({ gaps: shuffled(gaps), elapsed })));
    const [one, other] = [fitReplenishment(mixed), fitReplenishment(known)];
    expect({ ...one, returns: null }).toEqual({ ...other, returns: null });
    expect(one?.returns.again).toBeCloseTo(other?.returns.again ?? 0, 9);
  });

  test("of one gap each, or of one customer, is the product's alone", () => {
    expect(fitReplenishment(closed([20], [25], [30], [35], [40]))).toMatchObject({ between: 0, rules: { mean: 30, median: 30 } });
    expect(fitReplenishment(closed([20, 25, 30, 35, 40, 60]))).toMatchObject({ between: 0, customers: 1, rules: { median: 32.5 } });
  });

  test("of gaps that are all alike keeps a width", () => {
    const fit = fitReplenishment(closed([30, 30, 30], [30, 30]));
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

  test("falls with silence where some never come back: by the share of them who are left", () => {
    const some = { ...product, returns: { once: 0.4, again: 0.7 } };
    const open = { gaps: [], elapsed: 15 };
    // mpmath: 0.773107925136 as above; the tail beyond 15 is erfc((log(15) - 3.4) / sqrt(0.5)) / 2.
    const left = (0.4 * 0.916805400024) / (0.6 + 0.4 * 0.916805400024);
    expect(chanceToReplenish(some, open, 30)).toBeCloseTo(left * 0.773107925136, 9);
    expect(chanceToReplenish(some, { gaps: [20, 24, 22], elapsed: 365 }, 30)).toBeLessThan(0.001);
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

describe("on what came next", () => {
  const cases = simulate(3000, "next").map(({ next, ...each }) => ({ ...each, bought: next <= each.elapsed + 14 }));
  const model = fitReplenishment(known);

  test("the model's lists hold more who bought than those of the usual rules, which are as long", () => {
    const compared = model ? compareReplenishment(model, cases, 14) : [];
    expect(compared.map(({ rule }) => rule)).toEqual(["product_mean", "product_median", "own_mean"]);
    for (const { rule, listed, rightByRule, rightByModel } of compared) {
      expect(listed, rule).toBeGreaterThan(100);
      expect(rightByModel, rule).toBeGreaterThan(rightByRule);
    }
    expect(model && compareReplenishment(model, shuffled(cases), 14)).toEqual(compared);
  });

  test("as many bought as the chances say", () => {
    const predictions = cases.map((each) => ({ predicted: model ? chanceToReplenish(model, each, 14) : 0, observed: each.bought }));
    expect(calibrate(predictions)?.error).toBeLessThan(0.02);
  });
});
