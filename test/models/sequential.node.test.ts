import { expect, test } from "vitest";
import { randomOf } from "#server/models/bootstrap.ts";
import { type Interval, z95 } from "#server/models/interval.ts";
import { newcombe } from "#server/models/newcombe.ts";
import { effectiveSize, sequentialZ } from "#server/models/sequential.ts";
import { smallestSample } from "#server/models/smallest-sample.ts";
import { welch } from "#server/models/welch.ts";

test("the bound is wider than 1.96 at every size, and never as wide as twice that from an effective size of 18 on", () => {
  for (let size = 18; size < 100_000; size *= 1.5) {
    expect(sequentialZ(size)).toBeGreaterThan(3);
    expect(sequentialZ(size)).toBeLessThan(2 * z95);
  }
});

interface World {
  /** Customers a day, of whom `control` (0 to 1) are left alone. */
  aDay: number;
  control: number;
  /** How many buy, of those left alone and of the others; for amounts of a lognormal distribution (sigma 0.8). */
  without: number;
  having: number;
}

/** What somebody would have said who looks each day of a year, from when on both groups have 20 customers, and of amounts 20 buyers. */
function lookDaily({ aDay, control: share, without, having }: World, random: () => number, most = Number.POSITIVE_INFINITY) {
  const [treated, control] = [
    { of: 0, buyers: 0, sum: 0, squares: 0 },
    { of: 0, buyers: 0, sum: 0, squares: 0 },
  ];
  const said = { by196: false, share: false, value: false };
  for (let day = 0; day < 365; day++) {
    for (let customer = 0; customer < aDay; customer++) {
      const left = random() < share;
      const group = left ? control : treated;
      group.of += 1;
      if (random() >= (left ? without : having)) continue;
      const amount = Math.exp(0.8 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
      group.buyers += 1;
      group.sum += amount;
      group.squares += amount * amount;
    }
    const [a, b] = [treated, control];
    if (a.of < 20 || b.of < 20) continue;
    const z = sequentialZ(effectiveSize(a.of, b.of));
    const shares = (width: number) => newcombe({ successes: a.buyers, of: a.of }, { successes: b.buyers, of: b.of }, width);
    said.by196 ||= isNotNone(shares(z95));
    said.share ||= isNotNone(shares(z));
    said.value ||= a.buyers >= 20 && b.buyers >= 20 && isNotNone(welch(a, b, z));
    if (b.of >= most) break;
  }
  return said;
}

const isNotNone = (found: Interval | null): boolean => found !== null && (found.low > 0 || found.high < 0);

test.each([
  ["1 in 10 buys, 20 customers a day, 10 % left alone", { aDay: 20, control: 0.1, without: 0.1, having: 0.1 }],
  ["3 in 100 buy, 10 a day, 10 %", { aDay: 10, control: 0.1, without: 0.03, having: 0.03 }],
  ["3 in 10 buy, 20 a day, 50 %", { aDay: 20, control: 0.5, without: 0.3, having: 0.3 }],
  ["2 in 100 buy, 60 a day, 5 %", { aDay: 60, control: 0.05, without: 0.02, having: 0.02 }],
])(
  "where nothing is to be found, looking each day of a year finds something in at most 5 of 100 years, and in over 20 by 1.96 (%s; 1,000 years of seed 2026)",
  (_, world) => {
    const random = randomOf(2026);
    const years = 1_000;
    const wrong = { by196: 0, share: 0, value: 0 };
    for (let year = 0; year < years; year++) {
      const said = lookDaily(world, random);
      for (const name of ["by196", "share", "value"] as const) if (said[name]) wrong[name] += 1;
    }
    expect(wrong.share).toBeLessThanOrEqual(50);
    expect(wrong.value).toBeLessThanOrEqual(50);
    expect(wrong.by196).toBeGreaterThan(200);
  },
  60_000,
);

test("with the smallest sample for the bound, an effect of that size is found by then in at least 80 of 100 worlds (500 of seed 7)", () => {
  const random = randomOf(7);
  const [without, having, control] = [0.1, 0.2, 0.2];
  const ratio = (1 - control) / control;
  let size = smallestSample({ without, having, ratio });
  for (let turn = 0; turn < 5; turn++) size = smallestSample({ without, having, ratio }, sequentialZ(effectiveSize(size * ratio, size)));
  let found = 0;
  for (let world = 0; world < 500; world++) if (lookDaily({ aDay: 10, control, without, having }, random, size).share) found += 1;
  expect(found / 500).toBeGreaterThan(0.8);
});
