import { expect, test } from "vitest";
import { bootstrap, randomOf } from "#server/models/bootstrap.ts";
import { newcombe } from "#server/models/newcombe.ts";
import { smallestSample } from "#server/models/smallest-sample.ts";
import { type Summed, tDeviate, welch } from "#server/models/welch.ts";

// Python 3, statsmodels 0.15.0: confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff", correction=False). The first, the second, the fourth and the
// fifth stand in Newcombe 1998, table II, as 0.0524 to 0.3339, 0.1705 to 0.8090, -0.0381 to 0.1926 and (10 and 20 exchanged) -0.1611 to 0.2775.
test.each([
  [56, 70, 48, 80, 0.05243147240236498, 0.33387265403690614],
  [9, 10, 3, 10, 0.1705227239345029, 0.809017973535488],
  [6, 7, 2, 7, 0.05822792748231209, 0.8062496375242278],
  [5, 56, 0, 29, -0.038137147903536936, 0.19256001385511165],
  [0, 10, 0, 20, -0.1611251580528194, 0.27753279986288926],
  [10, 10, 0, 10, 0.6075093504305241, 1],
  [412, 3600, 31, 400, 0.004940095095232834, 0.06178800313568114],
])("%d of %d less %d of %d lies between Newcombe's bounds", (a, m, b, n, low, high) => {
  const found = newcombe({ successes: a, of: m }, { successes: b, of: n });
  expect(found?.estimate).toBeCloseTo(a / m - b / n, 12);
  expect(found?.low).toBeCloseTo(low, 10);
  expect(found?.high).toBeCloseTo(high, 10);
});

test("of an empty group there is no difference", () => {
  expect(newcombe({ successes: 0, of: 0 }, { successes: 1, of: 2 })).toBeNull();
  expect(welch(summed([1]), summed([1, 2]))).toBeNull();
  expect(welch(summed([0, 0, 0]), summed([0, 0]))).toBeNull();
  expect(bootstrap({ amounts: [], of: 0 }, { amounts: [1], of: 2 }, 1)).toBeNull();
});

// SciPy 1.17.1: stats.t.isf(stats.norm.sf(z), df).
test.each([
  [1.959963984540054, 10, 2.2281388519862753, 0.001],
  [1.959963984540054, 19, 2.09302405440831, 0.0001],
  [1.959963984540054, 40, 2.0210753903062733, 0.0001],
  [1.959963984540054, 400, 1.965912343229463, 0.0001],
  [3, 10, 3.956936660002751, 0.01],
  [3, 19, 3.447233150603716, 0.001],
  [3.5, 19, 4.218503950295299, 0.002],
  [3.5, 40, 3.8127462512690333, 0.0002],
  [3.5, 400, 3.5292019137280466, 0.0002],
])("as much as outside %f of the normal distribution is outside Student's with %d degrees of freedom", (z, freedom, right, within) => {
  expect(Math.abs(tDeviate(z, freedom) / right - 1)).toBeLessThan(within);
});

const treated = [12.5, 0, 0, 30, 0, 0, 0, 22, 0, 0, 8.25, 0];
const control = [0, 0, 5, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 3.5, 0, 0, 0, 0, 0];

test("the difference of two means lies between Welch's bounds", () => {
  // SciPy 1.17.1: stats.ttest_ind(treated, control, equal_var=False).confidence_interval(0.95).
  const found = welch(summed(treated), summed(control));
  expect(found?.estimate).toBeCloseTo(5.0875, 10);
  expect(found?.low).toBeCloseTo(-1.5295289070458322, 2);
  expect(found?.high).toBeCloseTo(11.704528907045834, 2);
});

// SciPy 1.17.1: optimize.brentq over the power of the z test (pooled error under none, each group's own under some) less 0.8.
test.each([
  [0.5, 0.75, 1, 57.67343673890838],
  [0.1, 0.15, 1, 685.5968583253615],
  [0.1, 0.15, 9, 399.25361701921577],
  [0.02, 0.07, 9, 167.5385086734641],
  [0.3, 0.25, 4, 770.3283963370504],
])("from %f to %f, with groups of 1 to %d, is seen with 80 %% from this many on", (without, having, ratio, right) => {
  expect(smallestSample({ without, having, ratio })).toBeCloseTo(right, 6);
});

test("the same amounts give the same bootstrap, in whatever order, and another seed about the same", () => {
  const of = (amounts: readonly number[], size: number) => ({ amounts: amounts.filter((amount) => amount > 0), of: size });
  const found = bootstrap(of(treated, 12), of(control, 20), 7);
  expect(found).toEqual(bootstrap(of([...treated].reverse(), 12), of([...control].reverse(), 20), 7));
  const other = bootstrap(of(treated, 12), of(control, 20), 8);
  expect(found?.estimate).toBeCloseTo(5.0875, 10);
  expect(Math.abs((found?.low ?? 0) - (other?.low ?? 9))).toBeLessThan(0.6);
  expect(found?.low).toBeGreaterThan(-2);
  expect(found?.high).toBeLessThan(12);
});

test("with 100,000 buyers the bootstrap takes less than a second, and its bounds lie where Welch's do", () => {
  const random = randomOf(3);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const group = (buyers: number) => ({
    amounts: Array.from({ length: buyers }, () => Math.round(3000 * Math.exp(0.8 * normal()))),
    of: buyers * 4,
  });
  const summed = ({ amounts, of }: { amounts: number[]; of: number }) => ({
    ...{ of, sum: amounts.reduce((sum, each) => sum + each, 0) },
    squares: amounts.reduce((sum, each) => sum + each * each, 0),
  });
  for (const [treated, control] of [
    [group(100_000), group(11_000)],
    [group(3000), group(300)],
  ] as const) {
    const started = performance.now();
    const found = bootstrap(treated, control, 1) ?? expect.unreachable("both groups have people");
    expect(performance.now() - started).toBeLessThan(1000);
    const by = welch(summed(treated), summed(control)) ?? expect.unreachable("amounts vary");
    const error = (by.high - by.low) / 2 / 1.96;
    expect(found.estimate).toBeCloseTo(by.estimate, 6);
    expect(Math.abs(found.low - by.low) / error).toBeLessThan(0.4);
    expect(Math.abs(found.high - by.high) / error).toBeLessThan(0.4);
  }
});

test("Newcombe's and Welch's intervals hold the truth 95 times of 100, and the bootstrap agrees; 4,000 worlds of seed 11", () => {
  const random = randomOf(11);
  const worlds = 4_000;
  for (const [p, q, m, n] of [
    [0.15, 0.1, 900, 100],
    [0.05, 0.05, 180, 20],
    [0.3, 0.25, 200, 200],
  ] as const) {
    const held = { newcombe: 0, welch: 0 };
    for (let world = 0; world < worlds; world++) {
      const [first, second] = [drawn(random, m, p), drawn(random, n, q)];
      const share = newcombe({ successes: first.amounts.length, of: m }, { successes: second.amounts.length, of: n });
      if (share && share.low <= p - q && p - q <= share.high) held.newcombe += 1;
      const value = welch(sumsOf(first), sumsOf(second));
      // Nobody bought: nothing is said.
      if (!value || (value.low <= 1.5 * (p - q) && 1.5 * (p - q) <= value.high)) held.welch += 1;
    }
    expect(held.newcombe / worlds).toBeGreaterThan(0.94);
    // Amounts of which most are nothing are far from normal: with 20 in the smaller group it is too sure of itself.
    expect(held.welch / worlds).toBeGreaterThan(n < 50 ? 0.6 : 0.93);
  }
});

/** Who buys, with amounts between 1 and 2. */
const drawn = (random: () => number, of: number, share: number) => {
  const amounts: number[] = [];
  for (let index = 0; index < of; index++) if (random() < share) amounts.push(1 + random());
  return { amounts, of };
};

const sumsOf = ({ amounts, of }: { amounts: readonly number[]; of: number }): Summed => ({ ...summed(amounts), of });

function summed(amounts: readonly number[]): Summed {
  return {
    of: amounts.length,
    sum: amounts.reduce((sum, amount) => sum + amount, 0),
    squares: amounts.reduce((sum, amount) => sum + amount * amount, 0),
  };
}
