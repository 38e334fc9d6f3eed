import { describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { historiesOn, simulateCustomers } from "#scripts/bench/simulate-customers.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { calibrate } from "#server/models/calibration/calibrate.ts";
import type { Prediction } from "#server/models/calibration/prediction.ts";
import { rankingQuality } from "#server/models/calibration/ranking-quality.ts";
import { seasonFactor } from "#server/models/calibration/season-factor.ts";
import { shuffled } from "../shuffled.ts";

const reckoned: Prediction[] = Array.from({ length: 80 }, (_, i) => ({ predicted: ((i * 29) % 40) / 40, observed: (i * i * 31) % 7 < 3 }));

describe("calibration", () => {
  test("of nothing is none", () => {
    expect(calibrate([])).toBe(null);
  });

  test("of one chance for all is one group", () => {
    const all = Array.from({ length: 50 }, (_, i) => ({ predicted: 0.3, observed: i < 20 }));
    const { groups, error } = calibrate(all) ?? {};
    expect(groups).toHaveLength(1);
    expect(groups?.[0]).toMatchObject({ customers: 50, observed: { estimate: 0.4 } });
    expect(groups?.[0]?.predicted).toBeCloseTo(0.3, 12);
    expect(error).toBeCloseTo(0.1, 12);
  });

  test("has tenths of equal size where chances differ, the lowest first, and all customers in them", () => {
    const all = Array.from({ length: 200 }, (_, i) => ({ predicted: i / 200, observed: i % 2 === 0 }));
    const groups = calibrate(shuffled(all))?.groups ?? [];
    expect(groups.map(({ customers }) => customers)).toEqual(Array(10).fill(20));
    expect(groups[0]?.predicted).toBeCloseTo(0.0475, 12);
    expect(groups.every(({ observed: { low, high } }) => low < 0.5 && high > 0.5)).toBe(true);
  });

  test("does not depend on the order of rows", () => {
    expect(calibrate(shuffled(reckoned))).toEqual(calibrate(reckoned));
  });

  test("of customers as the model says holds: of ten intervals at most two miss, on a window that the fit has not seen", () => {
    const shop = simulateCustomers({
      params: { r: 0.4, alpha: 30, a: 0.8, b: 2.5 },
      customers: 6000,
      until: 700,
      random: seededRandom("shop"),
    });
    const known = shop.filter(({ days }) => (days[0] ?? 0) < 610);
    const histories = historiesOn(known, 610);
    const { params } = fitBgNbd(histories, seededRandom("fit"));
    const predictions = known.map(({ days }, i) => ({
      predicted: chanceToBuy(params, histories[i] ?? { frequency: 0, recency: 0, age: 0 }, 90),
      observed: days.some((day) => day >= 610),
    }));
    const { groups, error } = calibrate(predictions) ?? { groups: [], error: 1 };
    expect(groups.filter(({ predicted, observed }) => predicted < observed.low || predicted > observed.high).length).toBeLessThanOrEqual(2);
    expect(error).toBeLessThan(0.02);
  });
});

describe("ranking quality", () => {
  test.each([
    ["nobody bought", [{ predicted: 0.5, observed: false }]],
    ["all bought", [{ predicted: 0.5, observed: true }]],
    ["nobody was there", []],
  ])("is not known where %s", (_, predictions) => {
    expect(rankingQuality(predictions)).toBe(null);
  });

  test("is a second program's", () => {
    // Python: the mean over pairs of (a > b) + (a == b) / 2; scipy 1.17: stats.somersd(observed, predicted).
    const quality = rankingQuality(reckoned);
    expect(quality?.happened).toBe(12);
    expect(quality?.area).toBeCloseTo(0.4117647058823529, 12);
    expect(quality?.somersD).toBeCloseTo(-0.1764705882352941, 12);
    expect(rankingQuality(shuffled(reckoned))).toEqual(quality);
  });

  test("of a perfect order is 1, and with one score for all a fifth of the buyers is in the top fifth", () => {
    const perfect = Array.from({ length: 50 }, (_, i) => ({ predicted: i, observed: i >= 40 }));
    expect(rankingQuality(perfect)).toMatchObject({ area: 1, somersD: 1, inTopFifth: 1 });
    const blind = rankingQuality(perfect.map(({ observed }) => ({ predicted: 7, observed })));
    expect(blind?.area).toBe(0.5);
    expect(blind?.inTopFifth).toBeCloseTo(0.2, 12);
  });
});

describe("the season's factor", () => {
  const window = { observed: 260, expected: 200, history: 731, year: 365.25 };
  test("is null in the first two years, and where there were too few orders", () => {
    expect(seasonFactor({ ...window, history: 730 })).toBe(null);
    expect(seasonFactor({ ...window, observed: 99 })).toBe(null);
    expect(seasonFactor({ ...window, expected: 99 })).toBe(null);
  });

  test("is what came a year before to what was expected then", () => {
    const { estimate, low, high } = seasonFactor(window) ?? { estimate: 0, low: 0, high: 0 };
    expect(estimate).toBeCloseTo(1.3, 12);
    expect(low).toBeCloseTo(1.3 * Math.exp(-1.959963984540054 / Math.sqrt(260)), 12);
    expect(high * low).toBeCloseTo(1.69, 12);
  });
});
