import type { BuyingModel, PastCheck, Season, SpendModel } from "#db/words/customer-base.ts";
import type { Buyer, BuyerHistory, CustomerModel } from "#server/catalog/customer-base.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { randomOf } from "#server/models/bootstrap.ts";
import { calibrate } from "#server/models/calibration/calibrate.ts";
import { rankingQuality } from "#server/models/calibration/ranking-quality.ts";
import { seasonFactor } from "#server/models/calibration/season-factor.ts";
import { fitGammaGamma } from "#server/models/gamma-gamma/fit-gamma-gamma.ts";
import { chooseRanking } from "#server/models/rfm/choose-ranking.ts";
import { rfmScale } from "#server/models/rfm/rfm-scale.ts";
import { rfmScore } from "#server/models/rfm/rfm-score.ts";

/** How far ahead is asked, and how long ago the model is tried on the shop's own past. */
export const aheadDays = 90;
/** The window of a year before, to the day. */
export const yearDays = 365;
const seasonYear = 365.25;
/** The same history gives the same model. */
const seed = 20_051_130;

/** A customer who was known at the beginning of a window, and on how many of its days they bought. */
export type Watched = BuyerHistory & { spentMinor: number; came: number };

/** How customers buy; null where nobody bought again, which tells nothing of it. */
export function fitBuying(histories: readonly (BuyerHistory & { customers: number })[]): BuyingModel | null {
  if (!histories.some(({ frequency }) => frequency > 0)) return null;
  const { params, standardErrors, logLikelihood, dropout, starts } = fitBgNbd(histories, randomOf(seed));
  return { params, standardErrors, logLikelihood, dropout, startsAgree: starts.agree };
}

/** Equal histories put together: of 100,000 customers about a third is left, and the fit goes over each many times. */
function together(watched: readonly BuyerHistory[]): (BuyerHistory & { customers: number })[] {
  const found = new Map<string, BuyerHistory & { customers: number }>();
  for (const { frequency, recency, age } of watched) {
    const key = `${frequency} ${recency} ${age}`;
    const known = found.get(key);
    if (known) known.customers += 1;
    else found.set(key, { frequency, recency, age, customers: 1 });
  }
  return [...found.values()];
}

/** The model fitted on what was known on `from`, held against what came in the days after it. */
export function checkPast(from: string, watched: readonly Watched[]): PastCheck | null {
  const model = fitBuying(together(watched));
  if (!model) return null;
  const chances = watched.map((each) => ({ predicted: chanceToBuy(model.params, each, aheadDays), observed: each.came > 0 }));
  const calibration = calibrate(chances);
  if (!calibration) return null;
  const rfm = rfmOf(watched);
  const [byModel, byRfm] = [chances, watched.map((each) => ({ predicted: rfm(each), observed: each.came > 0 }))].map(rankingQuality);
  return {
    ...{ from, days: aheadDays, customers: watched.length, error: calibration.error },
    orders: ordersIn(model, watched),
    groups: calibration.groups.map(({ customers, predicted, observed: { estimate, low, high } }) => ({
      ...{ customers, predicted, observed: estimate, low, high },
    })),
    areas: byModel && byRfm ? { model: byModel.area, rfm: byRfm.area } : null,
  };
}

/** What expected orders are multiplied with, by the same window a year before; null where the history does not tell. */
export function fitSeason(watched: readonly Watched[], historyDays: number): Season | null {
  const model = fitBuying(together(watched));
  return model && seasonFactor({ ...ordersIn(model, watched), history: historyDays, year: seasonYear });
}

/** What an occasion is worth; null where none is known in that currency. */
export function fitSpend(buyers: readonly Pick<Buyer, "orders" | "repeatOrders" | "repeatMeanMinor" | "spentMinor">[]): SpendModel | null {
  const spent = buyers.reduce((sum, { spentMinor }) => sum + spentMinor, 0);
  const occasions = buyers.reduce((sum, { orders }) => sum + orders, 0);
  if (spent === 0) return null;
  const values = buyers.map(({ repeatOrders, repeatMeanMinor }) => ({ orders: repeatOrders, mean: repeatMeanMinor }));
  const meanMinor = spent / occasions;
  if (!values.some(({ orders, mean }) => orders > 0 && mean > 0))
    return { meanMinor, params: null, standardErrors: null, doubt: "too_few" };
  const { params, standardErrors, doubt } = fitGammaGamma(values, randomOf(seed));
  return doubt === "too_few" ? { meanMinor, params: null, standardErrors: null, doubt } : { meanMinor, params, standardErrors, doubt };
}

/** By what the customers are ranked, and why not by something better. */
export const chooseStep = (
  { bought, boughtAgain, buying, past }: Pick<CustomerModel, "bought" | "boughtAgain" | "buying" | "past">,
  historyDays: number,
) =>
  chooseRanking({
    ...{ customers: bought, repeatCustomers: boughtAgain, span: historyDays, within: aheadDays },
    fit: buying && { dropout: buying.dropout, starts: { logLikelihoods: [], agree: buying.startsAgree } },
    measured: past?.areas ?? null,
  });

function ordersIn({ params }: BuyingModel, watched: readonly Watched[]): { observed: number; expected: number } {
  let [observed, expected] = [0, 0];
  for (const each of watched) {
    observed += each.came;
    expected += expectedOrders(params, each, aheadDays);
  }
  return { observed, expected };
}

const rfmCustomer = ({ age, recency, frequency, spentMinor }: BuyerHistory & { spentMinor: number }) => ({
  ...{ since: age - recency, frequency: frequency + 1, monetary: spentMinor },
});

/** Where the fifths of these customers end; null of none. */
export const fifthsOf = (customers: readonly (BuyerHistory & { spentMinor: number })[]) => rfmScale(customers.map(rfmCustomer));

/** A customer's score by such fifths. */
export const scoreByFifths = (fifths: NonNullable<ReturnType<typeof fifthsOf>>, customer: BuyerHistory & { spentMinor: number }) =>
  rfmScore(fifths, rfmCustomer(customer));

function rfmOf(watched: readonly Watched[]): (customer: Watched) => number {
  const fifths = fifthsOf(watched);
  return (customer) => (fifths ? scoreByFifths(fifths, customer).total : 0);
}
