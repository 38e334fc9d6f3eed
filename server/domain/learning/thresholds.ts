import type { FindingKind } from "#db/words/learning.ts";
import { wilson } from "#server/models/wilson.ts";
import type { Figures } from "./measures.ts";
import type { FindingRow } from "./rows.ts";

const dayMs = 86_400_000;
/** So far back what was said counts, and so long nothing is found anew after something was accepted. */
export const windowMs = 28 * dayMs;
/**
 * From when on a finding is measured: what came back after somebody had decided of it, since then; what was said before was known to them.
 */
export function measuredFrom({ decidedAt, foundAt }: Pick<FindingRow, "decidedAt" | "foundAt">, until: number): number {
  return Math.max(until - windowMs, decidedAt !== null && decidedAt < foundAt ? decidedAt : 0);
}
/** Of fewer a share since an acceptance says nothing yet. */
export const leastSince = 10;

/**
 * From when on something is a finding: so many at least, and a share that is that large even by the lower bound of its interval, so that
 * neither one event nor a few of few are one. Of agreement: of so many decisions, so small even by the upper bound.
 */
const thresholds: Record<FindingKind, { least: number } & ({ low: number } | { high: number })> = {
  rejections: { least: 5, low: 0.1 },
  edits: { least: 5, low: 0.1 },
  failures: { least: 3, low: 0.05 },
  low_agreement: { least: 10, high: 0.7 },
  budgets: { least: 5, low: 0.1 },
};

export function isFinding(kind: FindingKind, { hits, of }: Figures): boolean {
  const share = wilson(hits, of);
  const threshold = thresholds[kind];
  if (!share) return false;
  return "low" in threshold ? hits >= threshold.least && share.low >= threshold.low : of >= threshold.least && share.high < threshold.high;
}

/** Whether it is surely worse than it was, by the bound that speaks against it. */
export function isWorse(kind: FindingKind, { hits, of }: Figures, before: number): boolean {
  const share = wilson(hits, of);
  if (!share) return false;
  return "low" in thresholds[kind] ? share.low > before : share.high < before;
}
