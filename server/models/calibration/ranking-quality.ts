import { midranks } from "#server/models/numbers/midranks.ts";
import type { Prediction } from "./prediction.ts";

export interface RankingQuality {
  customers: number;
  /** For whom it happened. */
  happened: number;
  /** The chance that one for whom it happened ranks above one for whom it did not, equal ranks for half (area under the ROC curve): 0.5 by chance, 1 at best. */
  area: number;
  /** 2 · area − 1: 0 by chance, 1 at best. */
  somersD: number;
  /** The share of those for whom it happened who are in the highest fifth: 0.2 by chance. */
  inTopFifth: number;
}

const topShare = 0.2;

/**
 * How well a score ranks customers, so that a model and a rule can be compared on the same ones. Of customers with one score who lie across
 * the border of the highest fifth, as many count as the fifth has room for, in proportion. Null where it happened for all or for none.
 */
export function rankingQuality(predictions: readonly Prediction[]): RankingQuality | null {
  const customers = predictions.length;
  const happened = predictions.filter(({ observed }) => observed).length;
  if (happened === 0 || happened === customers) return null;
  const ranks = midranks(predictions.map(({ predicted }) => predicted));
  const rankSum = predictions.reduce((sum, { observed }, i) => (observed ? sum + (ranks[i] ?? 0) : sum), 0);
  const area = (rankSum - (happened * (happened + 1)) / 2) / (happened * (customers - happened));
  return { customers, happened, area, somersD: 2 * area - 1, inTopFifth: happenedInTop(predictions) / happened };
}

function happenedInTop(predictions: readonly Prediction[]): number {
  const sorted = [...predictions].sort((x, y) => y.predicted - x.predicted);
  let room = topShare * sorted.length;
  let found = 0;
  for (let from = 0; from < sorted.length && room > 0; ) {
    let to = from;
    let happened = 0;
    for (; to < sorted.length && sorted[to]?.predicted === sorted[from]?.predicted; to++) happened += Number(sorted[to]?.observed);
    found += happened * Math.min(1, room / (to - from));
    room -= to - from;
    from = to;
  }
  return found;
}
