import { describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { gammaVariate } from "#scripts/bench/simulate-customers.ts";
import { expectedOrderValue } from "#server/models/gamma-gamma/expected-order-value.ts";
import { fitGammaGamma } from "#server/models/gamma-gamma/fit-gamma-gamma.ts";
import { gammaGammaLikelihood } from "#server/models/gamma-gamma/gamma-gamma-likelihood.ts";
import { shuffled } from "../shuffled.ts";

/** Of the paper, for CDNOW in dollars. */
const paper = { p: 6.25, q: 3.74, v: 15.44 };

/** Customers as the model says: each with a rate of its own, and orders around its mean. */
function simulate(customers: number, { p, q, v }: typeof paper, seed: string) {
  const random = seededRandom(seed);
  return Array.from({ length: customers }, () => {
    const rate = gammaVariate(q, random) / v;
    const orders = 1 + Math.floor(5 * random() ** 2);
    return { orders, mean: gammaVariate(p * orders, random) / (rate * orders) };
  });
}
const simulated = simulate(3000, paper, "values");
/** Of no model, so that a second program can make the same. */
const reckoned = Array.from({ length: 80 }, (_, i) => ({
  orders: 1 + ((i * 7) % 5),
  mean: 10 + ((i * i * 37) % 83) + ((i * 13) % 17) / 4,
}));

describe("the likelihood and the expected value", () => {
  // mpmath, 30 digits, without the closed forms: the density of the mean of x gamma(p, nu) orders, integrated over nu ~ gamma(q, v), and
  // the mean of p / nu over what the mean leaves of nu.
  test.each([
    [{ orders: 1, mean: 35 }, -4.18211802603301, 35.0667408231368],
    [{ orders: 2, mean: 22.35 }, -3.5513167597317, 24.6637139107612],
    [{ orders: 12, mean: 60.5 }, -5.42111277356878, 59.6089529199897],
  ])("of %o are those of a slow integral", (customer, log, value) => {
    expect(gammaGammaLikelihood([customer])(paper).value).toBeCloseTo(log, 11);
    expect(expectedOrderValue(paper, customer)).toBeCloseTo(value, 10);
  });

  test("a customer without a repeat order adds nothing, and is expected to be like all", () => {
    expect(gammaGammaLikelihood([{ orders: 0, mean: 0 }])(paper).value).toBe(0);
    expect(expectedOrderValue(paper, { orders: 0, mean: Number.NaN })).toBeCloseTo((6.25 * 15.44) / 2.74, 12);
  });
});

describe("a fit", () => {
  test.each([
    ["nobody", []],
    ["one-time buyers", [{ orders: 0, mean: 20 }]],
    ["orders worth nothing", [{ orders: 3, mean: 0 }]],
  ])("of %s is refused", (_, nobody) => {
    expect(() => fitGammaGamma(nobody, seededRandom("nobody"))).toThrow(RangeError);
  });

  test("of a few says so, and counts the orders that are worth nothing apart", () => {
    const fit = fitGammaGamma([...simulate(49, paper, "few"), { orders: 2, mean: 0 }], seededRandom("few"));
    expect([fit.doubt, fit.customers, fit.leftOut]).toEqual(["too_few", 49, 1]);
  });

  test("of customers who spend more an order the more they order says that the two are correlated", () => {
    const fit = fitGammaGamma(
      simulated.map(({ orders, mean }) => ({ orders, mean: mean * orders })),
      seededRandom("correlated"),
    );
    expect(fit.doubt).toBe("correlated");
    expect(fit.correlation).toBeGreaterThan(0.3);
  });

  test("of orders that are all alike gives no standard errors, and knows no correlation", () => {
    const fit = fitGammaGamma(Array(60).fill({ orders: 2, mean: 30 }), seededRandom("alike"));
    expect(fit.standardErrors).toBe(null);
    expect(fit.withoutErrors).not.toBe(null);
    expect(fit.correlation).toBe(null);
    expect(expectedOrderValue(fit.params, { orders: 2, mean: 30 })).toBeCloseTo(30, 1);
  });

  test("finds what customers were made with, within two of its standard errors", () => {
    const { params, standardErrors, starts, doubt, correlation } = fitGammaGamma(simulated, seededRandom("found"));
    expect(starts.logLikelihoods).toHaveLength(4);
    expect([starts.agree, doubt]).toEqual([true, null]);
    expect(Math.abs(correlation ?? 1)).toBeLessThan(0.1);
    for (const name of ["p", "q", "v"] as const)
      expect(Math.abs(params[name] - paper[name]) / (standardErrors?.[name] ?? 0), name).toBeLessThan(2);
  });

  test("is a second program's", () => {
    // scipy 1.17: L-BFGS-B over the logarithms; the errors from second differences of its log-likelihood; stats.spearmanr.
    const fit = fitGammaGamma(reckoned, seededRandom("second"));
    expect(fit.logLikelihood).toBeCloseTo(-369.86213301, 5);
    expect(fit.params.p / 4.057304).toBeCloseTo(1, 3);
    expect(fit.params.q / 5.40111).toBeCloseTo(1, 3);
    expect(fit.params.v / 56.3934).toBeCloseTo(1, 3);
    expect((fit.standardErrors?.p ?? 0) / 2.74054).toBeCloseTo(1, 2);
    expect((fit.standardErrors?.v ?? 0) / 60.4261).toBeCloseTo(1, 2);
    expect(fit.correlation).toBeCloseTo(0.14622562599991, 10);
  });

  test("is the same to the last bit in any order of rows, and in cents it is the one in dollars", () => {
    const fit = fitGammaGamma(reckoned, seededRandom("same"));
    expect(fitGammaGamma(shuffled(reckoned), seededRandom("same"))).toEqual(fit);
    const cents = fitGammaGamma(
      reckoned.map(({ orders, mean }) => ({ orders, mean: 100 * mean })),
      seededRandom("same"),
    );
    expect(cents.params.v / fit.params.v).toBeCloseTo(100, 4);
    expect(cents.params.p).toBeCloseTo(fit.params.p, 5);
  });
});
