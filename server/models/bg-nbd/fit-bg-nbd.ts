import { invertInformation } from "#server/models/numbers/invert-information.ts";
import { type Bounds, type Evaluation, type Minimum, minimize } from "#server/models/numbers/minimize.ts";
import { observedInformation } from "#server/models/numbers/observed-information.ts";
import { type BgNbdParams, bgNbdLikelihood } from "./bg-nbd-likelihood.ts";
import { groupHistories, type HistoryGroup } from "./group-histories.ts";

/** Why the history does not tell how customers leave. */
export type DropoutDoubt = "no_better_than_nbd" | "at_bound" | "flat";

export interface BgNbdFit {
  /** In the unit of time of the histories. */
  params: BgNbdParams;
  logLikelihood: number;
  customers: number;
  /** Of them, who bought again. */
  repeatCustomers: number;
  /** From the observed information, in the units of `params`; null for the reason that `withoutErrors` names. */
  standardErrors: BgNbdParams | null;
  withoutErrors: "at_bound" | "not_positive_definite" | null;
  /** The log-likelihood that each start came to, and whether all are within 0.01 of the highest. */
  starts: { logLikelihoods: readonly number[]; agree: boolean };
  dropout: "identified" | "not_identified";
  /** Null where dropout is identified. */
  dropoutDoubt: DropoutDoubt | null;
  /** Twice what the log-likelihood gains over `nbd`. */
  dropoutRatio: number;
  /** The model in which nobody leaves. */
  nbd: { r: number; alpha: number; logLikelihood: number };
}

/** On the log scale, with the mean age of the customers as the unit of time. */
const bounds: Bounds = { low: [-10, -12, -10, -10], high: [10, 12, 10, 10] };
const randomStarts = 3;
/** So far, on the log scale, a random start may lie from one. */
const startsWithin = 2;
const agreesWithin = 0.01;
/** The 95 % point of χ² with two degrees of freedom. */
const ratioNeeded = 5.991;
/** A 95 % interval from a tenth to ten times the estimate. */
const flatFrom = Math.log(10) / 1.96;

/**
 * BG/NBD by maximum likelihood (Fader, Hardie, Lee 2005). The four parameters are sought on the log scale within bounds, from all ones and from three
 * random points; `random` gives numbers from 0 up to 1. Histories are grouped first, so their order and batches change nothing. Throws
 * a RangeError for no customers at all.
 *
 * Whether the history tells how customers leave is tested in three ways. (1) The likelihood ratio against the NBD model, in which nobody leaves,
 * must exceed 5.99. Under that null the mean chance of leaving stands on its boundary (Self and Liang 1987) and its spread over customers has no meaning
 * (Davies 1977): χ² with two degrees of freedom counts both `a` and `b` as free, so the test is too strict rather than too lenient.
 * (2) Neither `a` nor `b` stands at a bound: there the likelihood rises towards a limit in which everybody, or each by a coin thrown once,
 * leaves with one chance. (3) In the direction of (log a, log b) that the likelihood knows least, `r` and `alpha` fitted along, the 95 %
 * interval is narrower than from a tenth to ten times the estimate.
 *
 * By simulation (r 0.4, alpha 30, a 0.8, b 2.5 over 700 days, 200 shops of a kind): the estimate ± 1.96 standard errors held the truth for 95 to 96 %
 * of shops of 1,000 customers and 91 to 96 % of 200. Dropout was identified in all of the former and 88 % of the latter, in none of 400 shops in
 * which nobody leaves, and in 10 % of those in which everyone leaves by the same chance (a 80, b 250).
 */
export function fitBgNbd(histories: readonly HistoryGroup[], random: () => number): BgNbdFit {
  const groups = groupHistories(histories);
  const { customers, repeatCustomers, purchases, meanAge } = sizeOf(groups);
  if (customers === 0) throw new RangeError("a model of no customers");
  const unit = meanAge > 0 ? meanAge : 1;
  const scaled = groups.map(({ recency, age, ...rest }) => ({ ...rest, recency: recency / unit, age: age / unit }));
  // A density by a unit of time for each repeat purchase.
  const inOurUnit = (value: number) => -value - purchases * Math.log(unit);
  const likelihood = bgNbdLikelihood(scaled);
  const objective = (at: readonly number[]) => onLogScale(likelihood, paramsOf(at));
  const minima = startingPoints(random).map((start) => minimize(objective, start, bounds));
  const best = minima.reduce((low, each) => (each.value < low.value ? each : low));
  const nbd = fitNbd(likelihood, best);
  const errors = errorsOf(objective, best);
  const dropoutRatio = Math.max(0, 2 * (nbd.value - best.value));
  const dropoutDoubt = doubtOf(best, dropoutRatio, errors.covariance);
  const params = { ...paramsOf(best.at), alpha: paramsOf(best.at).alpha * unit };
  const [nbdR = 0, nbdAlpha = 0] = nbd.at.map(Math.exp);
  return {
    ...{ params, logLikelihood: inOurUnit(best.value), customers, repeatCustomers },
    standardErrors: errors.covariance && standardErrors(params, errors.covariance),
    withoutErrors: errors.reason,
    starts: {
      logLikelihoods: minima.map(({ value }) => inOurUnit(value)),
      agree: minima.every(({ value }) => value - best.value <= agreesWithin),
    },
    ...{ dropout: dropoutDoubt === null ? "identified" : "not_identified", dropoutDoubt, dropoutRatio },
    nbd: { r: nbdR, alpha: nbdAlpha * unit, logLikelihood: inOurUnit(nbd.value) },
  };
}

function sizeOf(groups: readonly HistoryGroup[]) {
  let [customers, repeatCustomers, purchases, ages] = [0, 0, 0, 0];
  for (const group of groups) {
    customers += group.customers;
    if (group.frequency > 0) repeatCustomers += group.customers;
    purchases += group.customers * group.frequency;
    ages += group.customers * group.age;
  }
  return { customers, repeatCustomers, purchases, meanAge: ages / customers };
}

function startingPoints(random: () => number): number[][] {
  const points = Array.from({ length: randomStarts }, () => Array.from({ length: 4 }, () => startsWithin * (2 * random() - 1)));
  return [[0, 0, 0, 0], ...points];
}

const paramsOf = ([r = 0, alpha = 0, a = 0, b = 0]: readonly number[]): BgNbdParams => ({
  ...{ r: Math.exp(r), alpha: Math.exp(alpha), a: Math.exp(a), b: Math.exp(b) },
});

/** Minus the log-likelihood by the logarithms of the parameters. */
function onLogScale(likelihood: ReturnType<typeof bgNbdLikelihood>, params: BgNbdParams): Evaluation {
  const { value, gradient } = likelihood(params);
  const { r, alpha, a, b } = params;
  return { value: -value, gradient: [-gradient.r * r, -gradient.alpha * alpha, -gradient.a * a, -gradient.b * b] };
}

/** The best of those in which nobody leaves: what the other two parameters are then is of no meaning. */
function fitNbd(likelihood: ReturnType<typeof bgNbdLikelihood>, { at: [r = 0, alpha = 0] }: Minimum): Minimum {
  const objective = ([logR = 0, logAlpha = 0]: readonly number[]): Evaluation => {
    const { value, gradient } = onLogScale(likelihood, { r: Math.exp(logR), alpha: Math.exp(logAlpha), a: 0, b: 1 });
    return { value, gradient: gradient.slice(0, 2) };
  };
  const both = { low: bounds.low.slice(0, 2), high: bounds.high.slice(0, 2) };
  const minima = [
    [r, alpha],
    [0, 0],
  ].map((start) => minimize(objective, start, both));
  return minima.reduce((low, each) => (each.value < low.value ? each : low));
}

type Errors = { covariance: number[][]; reason: null } | { covariance: null; reason: "at_bound" | "not_positive_definite" };

/** The covariance of the logarithms of the parameters. */
function errorsOf(objective: (at: readonly number[]) => Evaluation, { at }: Minimum): Errors {
  if (at.some((_, i) => isAtBound(at, i))) return { covariance: null, reason: "at_bound" };
  const covariance = invertInformation(observedInformation(objective, at));
  return covariance ? { covariance, reason: null } : { covariance, reason: "not_positive_definite" };
}

/** At its highest the slope is nothing, so that an error of a logarithm is one of the parameter in proportion. */
function standardErrors({ r, alpha, a, b }: BgNbdParams, covariance: readonly (readonly number[])[]): BgNbdParams {
  const error = (i: number) => Math.sqrt(covariance[i]?.[i] ?? 0);
  return { r: r * error(0), alpha: alpha * error(1), a: a * error(2), b: b * error(3) };
}

function doubtOf({ at }: Minimum, ratio: number, covariance: readonly (readonly number[])[] | null): DropoutDoubt | null {
  if (ratio < ratioNeeded) return "no_better_than_nbd";
  if (isAtBound(at, 2) || isAtBound(at, 3)) return "at_bound";
  return covariance === null || Math.sqrt(largestVariance(covariance)) > flatFrom ? "flat" : null;
}

/** Of any direction in (log a, log b): the larger eigenvalue of their covariance. */
function largestVariance(covariance: readonly (readonly number[])[]): number {
  const [aa, ab, bb] = [covariance[2]?.[2] ?? 0, covariance[2]?.[3] ?? 0, covariance[3]?.[3] ?? 0];
  return (aa + bb) / 2 + Math.hypot((aa - bb) / 2, ab);
}

const isAtBound = (at: readonly number[], i: number): boolean => {
  const value = at[i] ?? 0;
  return value <= (bounds.low[i] ?? 0) + 1e-6 || value >= (bounds.high[i] ?? 0) - 1e-6;
};
