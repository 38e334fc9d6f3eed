/** How a shop's customers are ranked: by the model's chances, by the fifths of recency, frequency and value, or by when each bought last. */
export const rankingSteps = ["model", "rfm", "recency"] as const;
export type RankingStep = (typeof rankingSteps)[number];

/** Why not by a higher step; `enough` for the highest. */
export const rankingReasons = [
  ...(["enough", "few_customers", "few_repeat_customers", "short_history"] as const),
  ...(["starts_disagree", "dropout_not_identified", "ranks_below_rfm"] as const),
] as const;
export type RankingReason = (typeof rankingReasons)[number];

/**
 * What a customer is to the shop now. `new`: bought on one day, in the last 30; `loyal`: bought again and is likely to; `promising`: may well buy
 * again; `at_risk`: bought again before and is unlikely to now; `quiet`: all others.
 */
export const customerSegments = ["new", "loyal", "promising", "at_risk", "quiet"] as const;
export type CustomerSegment = (typeof customerSegments)[number];

/** How customers buy and leave (BG/NBD), in days. */
export interface BuyingModel {
  params: { r: number; alpha: number; a: number; b: number };
  /** Null where the likelihood gives none. */
  standardErrors: { r: number; alpha: number; a: number; b: number } | null;
  logLikelihood: number;
  /** Whether the history tells how customers leave. */
  dropout: "identified" | "not_identified";
  startsAgree: boolean;
}

/** What a day with an order is worth, in minor units of the model's currency. */
export interface SpendModel {
  /** The mean over all such days of all customers. */
  meanMinor: number;
  /** Gamma-Gamma; null where too few customers bought again to fit it: the mean is taken for everybody then. */
  params: { p: number; q: number; v: number } | null;
  standardErrors: { p: number; q: number; v: number } | null;
  doubt: "too_few" | "correlated" | null;
}

/** What to multiply expected orders with, and its 95 % interval. */
export interface Season {
  estimate: number;
  low: number;
  high: number;
}

/** The model held against the shop's own past: fitted on what was known on `from`, and what came in the `days` after it. */
export interface PastCheck {
  from: string;
  days: number;
  customers: number;
  /** Days with an order: how many came, and how many were expected. */
  orders: { observed: number; expected: number };
  /** Tenths of the customers by what was predicted, the lowest first: the mean of it, and the share who bought with its 95 % interval. */
  groups: { customers: number; predicted: number; observed: number; low: number; high: number }[];
  /** The mean distance of predicted from observed, 0 to 1. */
  error: number;
  /** How well both ranked (0.5 by chance, 1 at best); null where all or none bought. */
  areas: { model: number; rfm: number } | null;
}

/** Where the fifths of all customers end. */
export interface FifthsOfCustomers {
  since: readonly number[];
  frequency: readonly number[];
  monetary: readonly number[];
}

/** What was last proposed to be told of a customer elsewhere. */
export interface ToldScore {
  chance30: number | null;
  chance90: number | null;
  valueMinor: number | null;
  currency: string | null;
  segment: CustomerSegment;
}
