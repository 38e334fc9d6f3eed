import type { BgNbdFit } from "#server/models/bg-nbd/fit-bg-nbd.ts";

/** By the model's chances, by the fifths of recency, frequency and value, or by when each bought last. */
export type RankingStep = "model" | "rfm" | "recency";

export type RankingReason =
  | "enough"
  | "few_customers"
  | "few_repeat_customers"
  | "short_history"
  | "starts_disagree"
  | "dropout_not_identified"
  | "ranks_below_rfm";

export interface RankingChoice {
  step: RankingStep;
  /** Why not a higher step; `enough` for the highest. */
  reason: RankingReason;
}

export interface CarriedHistory {
  customers: number;
  /** Of them, who bought on more than one day. */
  repeatCustomers: number;
  /** From the shop's first order to the end of what is known. */
  span: number;
  /** How far ahead is asked, in the same unit of time. */
  within: number;
  /** Null where none was made. */
  fit: Pick<BgNbdFit, "dropout" | "starts"> | null;
  /** How well both rank the same customers on the shop's own past (the area of `rankingQuality`); null where that is not known. */
  measured: { model: number; rfm: number } | null;
}

/** Four parameters, and about ten repeat buyers for each. */
const repeatForModel = 40;
/** Ten to a tenth, so that a calibration can be seen. */
const customersForModel = 100;
/** What is predicted must have been seen once, after as much to learn from. */
const spansForModel = 2;
/** Ten to a fifth. */
const customersForRfm = 50;
const repeatForRfm = 10;

/**
 * The highest step that a history carries, and why it is not a higher one: the model where it can be fitted and tells how customers leave, and does
 * not rank them worse than RFM where that was measured; RFM where there is a fifth to speak of; else when each bought last.
 */
export function chooseRanking(history: CarriedHistory): RankingChoice {
  const { customers, repeatCustomers } = history;
  const reason = whyNotModel(history);
  if (reason === null) return { step: "model", reason: "enough" };
  if (customers < customersForRfm) return { step: "recency", reason: "few_customers" };
  if (repeatCustomers < repeatForRfm) return { step: "recency", reason: "few_repeat_customers" };
  return { step: "rfm", reason };
}

function whyNotModel({ customers, repeatCustomers, span, within, fit, measured }: CarriedHistory): RankingReason | null {
  if (customers < customersForModel) return "few_customers";
  if (repeatCustomers < repeatForModel) return "few_repeat_customers";
  if (span < spansForModel * within || fit === null) return "short_history";
  if (!fit.starts.agree) return "starts_disagree";
  if (fit.dropout === "not_identified") return "dropout_not_identified";
  return measured !== null && measured.model < measured.rfm ? "ranks_below_rfm" : null;
}
