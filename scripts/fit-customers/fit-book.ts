import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { type BgNbdFit, fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import type { HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";
import { type Calibration, calibrate } from "#server/models/calibration/calibrate.ts";
import { type RankingQuality, rankingQuality } from "#server/models/calibration/ranking-quality.ts";
import { fitGammaGamma, type GammaGammaFit } from "#server/models/gamma-gamma/fit-gamma-gamma.ts";
import { chooseRanking, type RankingChoice } from "#server/models/rfm/choose-ranking.ts";
import { type RfmCustomer, rfmScale } from "#server/models/rfm/rfm-scale.ts";
import { rfmScore } from "#server/models/rfm/rfm-score.ts";
import type { Occasion, OrderBook } from "./order-book.ts";

/** What is to be fitted: orders, or histories that somebody made of them. */
export type Fitting = { book: OrderBook; unitDays: number; withinDays: number } | { histories: HistoryGroup[] };

/** The model held against the shop's own past: fitted on what was known before the window, and what came in it. */
export interface Holdout {
  customers: number;
  /** Purchases (days with an order) in the window, and how many were expected. */
  orders: { observed: number; expected: number };
  calibration: Calibration | null;
  /** Null where all or none bought. */
  ranking: { model: RankingQuality; rfm: RankingQuality; recency: RankingQuality } | null;
}

export interface Fitted {
  bgNbd: BgNbdFit;
  /** Null where no amounts are known, or nobody has a repeat order of any. */
  gammaGamma: GammaGammaFit | null;
  /** Null of histories, and where nothing was known before the window. */
  holdout: Holdout | null;
  /** Null of histories. */
  choice: RankingChoice | null;
}

export function fitBook(fitting: Fitting, random: () => number): Fitted {
  if ("histories" in fitting) return { bgNbd: fitBgNbd(fitting.histories, random), gammaGamma: null, holdout: null, choice: null };
  const { book, unitDays, withinDays } = fitting;
  const bgNbd = fitBgNbd(
    book.customers.flatMap((occasions) => historyOn(occasions, book.until, unitDays) ?? []),
    random,
  );
  const values = book.customers.map((occasions) => orderValues(occasions));
  const hasValues = book.hasAmounts && values.some(({ orders, mean }) => orders > 0 && mean > 0);
  const holdout = holdOut(fitting, random);
  const first = book.customers.reduce((day, [occasion]) => Math.min(day, occasion?.day ?? day), book.until);
  const { ranking } = holdout ?? { ranking: null };
  const choice = chooseRanking({
    ...{ customers: bgNbd.customers, repeatCustomers: bgNbd.repeatCustomers, fit: bgNbd },
    ...{ span: book.until - first, within: withinDays },
    measured: ranking && { model: ranking.model.area, rfm: ranking.rfm.area },
  });
  return { bgNbd, gammaGamma: hasValues ? fitGammaGamma(values, random) : null, holdout, choice };
}

/** What was known of a customer on a day; null of one who came later. */
function historyOn(occasions: readonly Occasion[], until: number, unitDays: number): HistoryGroup | null {
  const known = occasions.filter(({ day }) => day <= until);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return null;
  return { frequency: known.length - 1, recency: (last.day - first.day) / unitDays, age: (until - first.day) / unitDays, customers: 1 };
}

function orderValues([, ...repeat]: readonly Occasion[]) {
  const amounts = repeat.map(({ amount }) => amount);
  return { orders: amounts.length, mean: amounts.reduce((sum, amount) => sum + amount, 0) / Math.max(1, amounts.length) };
}

function holdOut({ book, unitDays, withinDays }: Extract<Fitting, { book: OrderBook }>, random: () => number): Holdout | null {
  const from = book.until - withinDays;
  const known = book.customers.flatMap((occasions) => {
    const history = historyOn(occasions, from, unitDays);
    return history ? [{ history, rfm: rfmOn(occasions, from), came: occasions.filter(({ day }) => day > from).length }] : [];
  });
  const scale = rfmScale(known.map(({ rfm }) => rfm));
  if (!scale) return null;
  const within = withinDays / unitDays;
  const { params } = fitBgNbd(
    known.map(({ history }) => history),
    random,
  );
  const by = (score: (customer: (typeof known)[number]) => number) =>
    known.map((each) => ({ predicted: score(each), observed: each.came > 0 }));
  const chances = by(({ history }) => chanceToBuy(params, history, within));
  const [model, rfm, recency] = [chances, by((each) => rfmScore(scale, each.rfm).total), by((each) => -each.rfm.since)].map(rankingQuality);
  return {
    customers: known.length,
    orders: {
      observed: known.reduce((sum, { came }) => sum + came, 0),
      expected: known.reduce((sum, { history }) => sum + expectedOrders(params, history, within), 0),
    },
    calibration: calibrate(chances),
    ranking: model && rfm && recency ? { model, rfm, recency } : null,
  };
}

function rfmOn(occasions: readonly Occasion[], until: number): RfmCustomer {
  const known = occasions.filter(({ day }) => day <= until);
  return {
    since: until - (known.at(-1)?.day ?? until),
    frequency: known.length,
    monetary: known.reduce((sum, { amount }) => sum + amount, 0),
  };
}
