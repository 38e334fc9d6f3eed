import { describe, expect, test } from "vitest";
import { type CarriedHistory, chooseRanking } from "#server/models/rfm/choose-ranking.ts";
import { rfmScale } from "#server/models/rfm/rfm-scale.ts";
import { rfmScore } from "#server/models/rfm/rfm-score.ts";
import { shuffled } from "../shuffled.ts";

const customers = Array.from({ length: 100 }, (_, i) => ({ since: i, frequency: i < 70 ? 1 : i - 68, monetary: 10 * i }));

describe("fifths", () => {
  test("of nobody there are none", () => {
    expect(rfmScale([])).toBe(null);
  });

  test("who bought last is 5, whatever else, and each fifth has as many", () => {
    const scale = rfmScale(customers);
    if (!scale) throw new Error("no scale");
    const scores = customers.map((customer) => rfmScore(scale, customer));
    expect(scores[0]).toEqual({ recency: 5, frequency: 1, monetary: 1, total: 7 });
    expect(scores[99]).toEqual({ recency: 1, frequency: 5, monetary: 5, total: 11 });
    for (const fifth of [1, 2, 3, 4, 5]) expect(scores.filter(({ recency }) => recency === fifth)).toHaveLength(20);
  });

  test("equal customers have equal scores: those who bought once share the lowest frequency, and the next fifths are empty", () => {
    const scale = rfmScale(customers);
    const scores = customers.map((customer) => scale && rfmScore(scale, customer).frequency);
    expect([...new Set(scores)].sort()).toEqual([1, 4, 5]);
    expect(scores.filter((score) => score === 1)).toHaveLength(70);
  });

  test("do not depend on the order of rows", () => {
    expect(rfmScale(shuffled(customers))).toEqual(rfmScale(customers));
  });
});

describe("the step that a history carries", () => {
  const fit = { dropout: "identified" as const, starts: { agree: true, logLikelihoods: [] } };
  const rich: CarriedHistory = { customers: 500, repeatCustomers: 120, span: 400, within: 90, fit, measured: { model: 0.8, rfm: 0.75 } };
  test.each<[Partial<CarriedHistory>, string, string]>([
    [{ customers: 49 }, "recency", "few_customers"],
    [{ repeatCustomers: 9 }, "recency", "few_repeat_customers"],
    [{ customers: 99 }, "rfm", "few_customers"],
    [{ repeatCustomers: 39 }, "rfm", "few_repeat_customers"],
    [{ span: 179 }, "rfm", "short_history"],
    [{ fit: null }, "rfm", "short_history"],
    [{ fit: { ...fit, starts: { agree: false, logLikelihoods: [] } } }, "rfm", "starts_disagree"],
    [{ fit: { ...fit, dropout: "not_identified" } }, "rfm", "dropout_not_identified"],
    [{ measured: { model: 0.7, rfm: 0.75 } }, "rfm", "ranks_below_rfm"],
    [{ measured: null }, "model", "enough"],
    [{}, "model", "enough"],
  ])("with %o is %s, since %s", (but, step, reason) => {
    expect(chooseRanking({ ...rich, ...but })).toEqual({ step, reason });
  });
});
