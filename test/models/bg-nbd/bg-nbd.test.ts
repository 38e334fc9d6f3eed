import { describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { historiesOn, simulateCustomers } from "#scripts/bench/simulate-customers.ts";
import { bgNbdLikelihood } from "#server/models/bg-nbd/bg-nbd-likelihood.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { groupHistories, type HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";
import { stillBuying } from "#server/models/bg-nbd/still-buying.ts";
import { cdnow } from "../cdnow.ts";
import { shuffled } from "../shuffled.ts";

/** Of the paper, by week. */
const paper = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const params = { r: 0.4, alpha: 30, a: 0.8, b: 2.5 };
const seen = historiesOn(simulateCustomers({ params, customers: 4000, until: 700, random: seededRandom("seen") }), 700);
const history = (frequency: number, recency: number, age: number) => ({ frequency, recency, age });

describe("histories", () => {
  test.each([
    ["less than no purchase", history(-1, 0, 10)],
    ["half a purchase", history(0.5, 1, 10)],
    ["a last purchase after the end", history(1, 11, 10)],
    ["a repeat purchase at the first", history(1, 0, 10)],
    ["one purchase at two times", history(0, 3, 10)],
    ["an age that is no number", history(0, 0, Number.NaN)],
    ["nobody", { ...history(0, 0, 10), customers: 0 }],
  ])("%s is refused", (_, wrong) => {
    expect(() => groupHistories([wrong])).toThrow(RangeError);
  });

  test("in any order and in batches they are the same groups", () => {
    const whole = groupHistories(seen);
    const half = Math.floor(seen.length / 2);
    const batches = [...groupHistories(seen.slice(half)), ...groupHistories(seen.slice(0, half))];
    expect(groupHistories(shuffled(seen))).toEqual(whole);
    expect(groupHistories(batches)).toEqual(whole);
    expect(whole.length).toBeLessThan(seen.length);
  });
});

describe("the likelihood", () => {
  // mpmath, 30 digits, of equation 6 as it stands: loggamma(r+x) - loggamma(r) + r log(alpha) + log(B(a,b+x)/B(a,b) (alpha+T)^-(r+x)
  //   + [x > 0] B(a+1,b+x-1)/B(a,b) (alpha+t)^-(r+x))
  test.each([
    [paper, history(0, 0, 38.86), -0.554713276438158],
    [paper, history(2, 30.43, 38.86), -9.45860630706627],
    [paper, history(150, 360, 365), -291.230496061858],
    [{ r: 0.5, alpha: 10, a: 2.5, b: 1e6 }, history(150, 360, 365), -288.909840560057],
  ])("%o of %o is %d", (by, of, value) => {
    expect(bgNbdLikelihood([{ ...of, customers: 1 }])(by).value).toBeCloseTo(value, 10);
  });

  test("its gradient is what differences say", () => {
    const likelihood = bgNbdLikelihood(groupHistories(seen));
    const { gradient } = likelihood(params);
    for (const name of ["r", "alpha", "a", "b"] as const) {
      const by = 1e-5 * params[name];
      const beside = (step: number) => likelihood({ ...params, [name]: params[name] + step }).value;
      const difference = (beside(by) - beside(-by)) / (2 * by);
      expect(Math.abs(gradient[name] - difference)).toBeLessThan(1e-4 * Math.max(1, Math.abs(difference)));
    }
  });

  test("is finite for 150 repeat purchases at any parameters within the bounds", () => {
    const likelihood = bgNbdLikelihood([
      { ...history(150, 360, 365), customers: 3 },
      { ...history(150, 0.5, 365), customers: 1 },
    ]);
    const ends = [1e-4, 1, 1e4];
    const all = ends.flatMap((r) => ends.flatMap((alpha) => ends.flatMap((a) => ends.map((b) => likelihood({ r, alpha, a, b })))));
    expect(all.every(({ value, gradient }) => [value, ...Object.values(gradient)].every(Number.isFinite))).toBe(true);
  });
});

describe("a fit", () => {
  test("of nobody is refused", () => {
    expect(() => fitBgNbd([], seededRandom("nobody"))).toThrow(RangeError);
  });

  test.skipIf(cdnow === null)(
    "of CDNOW is the paper's, as any start finds it (skipped where ../shared/data/cdnow-summary.csv is not there)",
    () => {
      const { params: found, ...fit } = fitBgNbd(cdnow ?? [], seededRandom("cdnow"));
      expect([fit.customers, fit.repeatCustomers]).toEqual([2357, 946]);
      expect(found.r).toBeCloseTo(0.243, 3);
      expect(found.alpha).toBeCloseTo(4.414, 2);
      expect(found.a).toBeCloseTo(0.793, 3);
      expect(found.b).toBeCloseTo(2.426, 2);
      expect(fit.logLikelihood).toBeCloseTo(-9582.4256, 3);
      expect(fit.starts.logLikelihoods).toHaveLength(4);
      expect(fit.starts.agree).toBe(true);
      expect(fit.dropout).toBe("identified");
      // scipy 1.17: L-BFGS-B over the logarithms, the inverse of the second differences of its log-likelihood, times the estimates.
      expect(fit.standardErrors?.r).toBeCloseTo(0.012557, 5);
      expect(fit.standardErrors?.alpha).toBeCloseTo(0.37822, 3);
      expect(fit.standardErrors?.a).toBeCloseTo(0.18572, 3);
      expect(fit.standardErrors?.b).toBeCloseTo(0.70534, 3);
    },
  );

  test("finds what customers were made with, within two of its standard errors", () => {
    const { params: found, standardErrors, dropout, starts } = fitBgNbd(seen, seededRandom("found"));
    expect(dropout).toBe("identified");
    expect(starts.agree).toBe(true);
    for (const name of ["r", "alpha", "a", "b"] as const)
      expect(Math.abs(found[name] - params[name]) / (standardErrors?.[name] ?? 0), name).toBeLessThan(2);
  });

  test("is the same to the last bit whatever order and batches the rows come in", () => {
    const whole = fitBgNbd(seen, seededRandom("same"));
    expect(fitBgNbd(shuffled(seen), seededRandom("same"))).toEqual(whole);
    expect(fitBgNbd([...groupHistories(seen.slice(900)), ...seen.slice(0, 900)], seededRandom("same"))).toEqual(whole);
  });

  test("in weeks it is the one in days, with alpha in weeks", () => {
    const days = fitBgNbd(seen, seededRandom("unit"));
    const weeks = fitBgNbd(
      seen.map(({ recency, age, ...rest }) => ({ ...rest, recency: recency / 7, age: age / 7 })),
      seededRandom("unit"),
    );
    expect(weeks.params.alpha * 7).toBeCloseTo(days.params.alpha, 4);
    expect(weeks.params.b).toBeCloseTo(days.params.b, 4);
    const purchases = seen.reduce((sum, { frequency }) => sum + frequency, 0);
    expect(weeks.logLikelihood - days.logLikelihood).toBeCloseTo(purchases * Math.log(7), 4);
  });

  test("of customers who never leave says that dropout is not identified", () => {
    const loyal = historiesOn(
      simulateCustomers({ params: { ...params, a: 0 }, customers: 2000, until: 500, random: seededRandom("loyal") }),
      500,
    );
    const fit = fitBgNbd(loyal, seededRandom("fit"));
    expect(fit.dropout).toBe("not_identified");
    expect(fit.dropoutDoubt).toBe("no_better_than_nbd");
    expect(fit.nbd.logLikelihood).toBeCloseTo(fit.logLikelihood, -1);
    expect(fit.standardErrors === null).toBe(fit.withoutErrors !== null);
  });

  test("of customers who all leave by the same chance says that a and b stand at a bound, where every start leads", () => {
    const alike = simulateCustomers({
      params: { ...params, a: 80, b: 250 },
      customers: 1000,
      until: 700,
      random: seededRandom("one chance0"),
    });
    const fit = fitBgNbd(historiesOn(alike, 700), seededRandom("fit"));
    expect([fit.dropout, fit.dropoutDoubt, fit.withoutErrors]).toEqual(["not_identified", "at_bound", "at_bound"]);
    expect(fit.starts.agree).toBe(true);
    expect(fit.params.a / (fit.params.a + fit.params.b)).toBeCloseTo(80 / 330, 1);
  });

  test("of customers who all bought once knows nothing of leaving, and gives no standard errors", () => {
    const once: HistoryGroup[] = [{ ...history(0, 0, 100), customers: 50 }];
    const fit = fitBgNbd(once, seededRandom("once"));
    expect([fit.dropout, fit.dropoutDoubt, fit.standardErrors]).toEqual(["not_identified", "no_better_than_nbd", null]);
    expect(fit.withoutErrors).not.toBe(null);
    expect(Number.isFinite(fit.logLikelihood)).toBe(true);
  });
});

describe("a customer's", () => {
  // mpmath, 30 digits: equation 10 of the paper with its hyp2f1.
  test.each([
    [paper, history(2, 30.43, 38.86), 39, 1.22602817476714],
    [paper, history(0, 0, 38.86), 39, 0.195098052011263],
    [paper, history(150, 360, 365), 30, 11.3696617336369],
    [paper, history(150, 360, 365), 3650, 448.744566280188],
    [{ r: 0.5, alpha: 10, a: 1.0000001, b: 3 }, history(5, 80, 100), 30, 0.957327257489764],
    [{ r: 2, alpha: 30, a: 0.05, b: 0.5 }, history(40, 700, 730), 365, 19.8146706372794],
    [{ r: 0.3, alpha: 5, a: 0.8, b: 2 }, history(0, 0, 0), 1000, 6.47735899070753],
  ])("expected orders by %o of %o within %d are %d", (by, of, within, orders) => {
    expect(expectedOrders(by, of, within) / orders).toBeCloseTo(1, 9);
  });

  test("expected orders are a number where the mean chance of leaving makes the paper's formula divide by nothing, and for 1,000 purchases", () => {
    expect(expectedOrders({ r: 0.5, alpha: 10, a: 1, b: 3 }, history(5, 80, 100), 30)).toBeCloseTo(0.957327, 6);
    expect(expectedOrders(paper, history(1000, 999, 1000), 10_000)).toBeCloseTo(3095.7264993488, 6);
    expect(expectedOrders(paper, history(3, 9, 10), 0)).toBe(0);
  });

  // mpmath: the chance of having stayed, times the integral over the rate's gamma(r+x, alpha+T) of 1 - exp(-rate t).
  test.each([
    [history(2, 30.43, 38.86), 39, 0.554627137917004],
    [history(0, 0, 38.86), 39, 0.144550540783318],
    [history(10, 30, 38.86), 4, 0.345280696012598],
  ])("chance to buy of %o within %d is %d", (of, within, chance) => {
    expect(chanceToBuy(paper, of, within)).toBeCloseTo(chance, 12);
  });

  test("chance to buy ranks one-time buyers among the others, while they are all sure to be 'still there'", () => {
    const ranked = [...seen].sort((x, y) => chanceToBuy(params, y, 30) - chanceToBuy(params, x, 30));
    const first = ranked.slice(0, Math.floor(seen.length / 10));
    expect(first.filter(({ frequency }) => frequency === 0).length).toBeLessThan(first.length / 4);
    expect(seen.filter(({ frequency }) => frequency === 0).every((once) => stillBuying(params, once) === 1)).toBe(true);
  });

  test("chance to buy never exceeds the expected orders, and grows with time", () => {
    for (const of of groupHistories(seen)) {
      const [month, year] = [chanceToBuy(params, of, 30), chanceToBuy(params, of, 365)];
      expect(month).toBeLessThanOrEqual(expectedOrders(params, of, 30) + 1e-12);
      expect(year).toBeGreaterThan(month);
      expect(year).toBeLessThanOrEqual(1);
    }
  });
});
