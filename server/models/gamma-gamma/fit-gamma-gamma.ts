import { invertInformation } from "#server/models/numbers/invert-information.ts";
import { midranks } from "#server/models/numbers/midranks.ts";
import { type Bounds, type Evaluation, minimize } from "#server/models/numbers/minimize.ts";
import { observedInformation } from "#server/models/numbers/observed-information.ts";
import { type GammaGammaParams, gammaGammaLikelihood, type OrderValues } from "./gamma-gamma-likelihood.ts";

export interface GammaGammaFit {
  /** `v` in the currency of the values. */
  params: GammaGammaParams;
  logLikelihood: number;
  /** With repeat orders worth more than nothing. */
  customers: number;
  /** With repeat orders that were worth nothing: the model has no place for them. */
  leftOut: number;
  /** From the observed information, in the units of `params`; null for the reason that `withoutErrors` names. */
  standardErrors: GammaGammaParams | null;
  withoutErrors: "at_bound" | "not_positive_definite" | null;
  /** The log-likelihood that each start came to, and whether all are within 0.01 of the highest. */
  starts: { logLikelihoods: readonly number[]; agree: boolean };
  /** Spearman's correlation of how many orders a customer made with their mean value; null where all are alike in either. */
  correlation: number | null;
  /** Why not to rely on it. */
  doubt: "too_few" | "correlated" | null;
}

/** On the log scale, with the mean value as the unit of money. `q` stays above 1: the mean over customers does not exist below. */
const bounds: Bounds = { low: [-10, 0.001, -10], high: [10, 10, 10] };
const randomStarts = 3;
const startsWithin = 2;
const agreesWithin = 0.01;
/** Below, the correlation itself is uncertain by more than 0.14 (1/√n). */
const fewestCustomers = 50;
/** What Cohen (1988) calls a medium correlation; the paper accepts 0.11. */
const correlatedFrom = 0.3;

/**
 * Gamma-Gamma by maximum likelihood (Fader, Hardie 2013, "The Gamma-Gamma Model of Monetary Value") over the customers with repeat orders, from
 * all ones and three random points on the log scale; `random` gives numbers from 0 up to 1. Customers are sorted first, so their
 * order changes nothing. Throws a RangeError where nobody has a repeat order of any value.
 *
 * The model takes the value of orders to be independent of how often a customer orders. Its measure here is Spearman's rank correlation, which
 * single large orders do not move; from 0.3 either way the fit says `correlated`, and below 50 customers `too_few`.
 */
export function fitGammaGamma(histories: readonly OrderValues[], random: () => number): GammaGammaFit {
  const repeat = histories.filter(({ orders }) => orders > 0);
  const customers = repeat.filter(({ mean }) => mean > 0).sort((x, y) => x.orders - y.orders || x.mean - y.mean);
  if (customers.length === 0) throw new RangeError("a model of no orders");
  const unit = customers.reduce((sum, { mean }) => sum + mean, 0) / customers.length;
  const likelihood = gammaGammaLikelihood(customers.map(({ orders, mean }) => ({ orders, mean: mean / unit })));
  const objective = (at: readonly number[]) => onLogScale(likelihood, at);
  const points = Array.from({ length: randomStarts }, () => Array.from({ length: 3 }, () => startsWithin * (2 * random() - 1)));
  const minima = [[0, 0, 0], ...points].map((start) => minimize(objective, start, bounds));
  const best = minima.reduce((low, each) => (each.value < low.value ? each : low));
  const inCurrency = (value: number) => -value - customers.length * Math.log(unit);
  const { p, q, v } = paramsOf(best.at);
  const params = { p, q, v: v * unit };
  const isAtBound = best.at.some((value, i) => value <= (bounds.low[i] ?? 0) + 1e-6 || value >= (bounds.high[i] ?? 0) - 1e-6);
  const covariance = isAtBound ? null : invertInformation(observedInformation(objective, best.at));
  const correlation = rankCorrelation(customers);
  return {
    ...{ params, logLikelihood: inCurrency(best.value), customers: customers.length, leftOut: repeat.length - customers.length },
    standardErrors: covariance && standardErrors(params, covariance),
    withoutErrors: covariance ? null : isAtBound ? "at_bound" : "not_positive_definite",
    starts: {
      logLikelihoods: minima.map(({ value }) => inCurrency(value)),
      agree: minima.every(({ value }) => value - best.value <= agreesWithin),
    },
    correlation,
    doubt: customers.length < fewestCustomers ? "too_few" : Math.abs(correlation ?? 0) >= correlatedFrom ? "correlated" : null,
  };
}

const paramsOf = ([p = 0, q = 0, v = 0]: readonly number[]): GammaGammaParams => ({ p: Math.exp(p), q: Math.exp(q), v: Math.exp(v) });

/** Minus the log-likelihood by the logarithms of the parameters. */
function onLogScale(likelihood: ReturnType<typeof gammaGammaLikelihood>, at: readonly number[]): Evaluation {
  const params = paramsOf(at);
  const { value, gradient } = likelihood(params);
  return { value: -value, gradient: [-gradient.p * params.p, -gradient.q * params.q, -gradient.v * params.v] };
}

/** At its highest the slope is nothing, so that an error of a logarithm is one of the parameter in proportion. */
function standardErrors({ p, q, v }: GammaGammaParams, covariance: readonly (readonly number[])[]): GammaGammaParams {
  const error = (i: number) => Math.sqrt(covariance[i]?.[i] ?? 0);
  return { p: p * error(0), q: q * error(1), v: v * error(2) };
}

/** Pearson's correlation of the ranks. */
function rankCorrelation(customers: readonly OrderValues[]): number | null {
  const middle = (customers.length + 1) / 2;
  const byOrders = midranks(customers.map(({ orders }) => orders));
  const byMean = midranks(customers.map(({ mean }) => mean));
  const product = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, rank, i) => sum + (rank - middle) * ((other[i] ?? 0) - middle), 0);
  const spread = Math.sqrt(product(byOrders, byOrders) * product(byMean, byMean));
  return spread === 0 ? null : product(byOrders, byMean) / spread;
}
