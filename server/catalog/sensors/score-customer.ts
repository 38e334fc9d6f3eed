import type { CustomerSegment } from "#db/words/customer-base.ts";
import type { Buyer, BuyerHistory, CustomerModel, CustomerScore } from "#server/catalog/customer-base.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { expectedOrderValue } from "#server/models/gamma-gamma/expected-order-value.ts";
import { aheadDays, scoreByFifths } from "./fit-customer-base.ts";

const monthDays = 30;
/** From here on a customer is likely to buy again within 90 days, or may. */
const likely = 0.5;
const mayWell = 0.2;
/** Of the sum of three fifths, 3 to 15. */
const highFifths = 11;
const middleFifths = 8;

/** What is expected of a customer, by the highest step that the shop's history carries. */
export function scoreCustomer(model: CustomerModel, buyer: Buyer, asOf: string): CustomerScore {
  const unknown = { chance30: null, chance90: null, orders90: null, valueMinor: null, currency: null };
  const of = { customerId: buyer.customerId, asOf };
  if (model.step !== "model" || !model.buying) return { ...of, ...unknown, segment: segmentWithout(model, buyer) };
  const { params } = model.buying;
  const chance90 = chanceToBuy(params, buyer, aheadDays);
  const orders90 = expectedOrders(params, buyer, aheadDays) * (model.season?.estimate ?? 1);
  const value = occasionValue(model, buyer);
  return {
    ...{ ...of, chance30: chanceToBuy(params, buyer, monthDays), chance90, orders90 },
    valueMinor: value === null ? null : Math.round(orders90 * value),
    currency: value === null ? null : model.currency,
    segment: segmentByChance(buyer, chance90),
  };
}

/** What an occasion of theirs is expected to be worth; null where none is known in the shop's currency. */
function occasionValue({ spend }: CustomerModel, { repeatOrders, repeatMeanMinor }: Buyer): number | null {
  if (!spend) return null;
  if (!spend.params) return spend.meanMinor;
  // Gamma-Gamma has no place for orders that were worth nothing.
  return expectedOrderValue(spend.params, { orders: repeatMeanMinor > 0 ? repeatOrders : 0, mean: repeatMeanMinor });
}

const isNew = ({ frequency, age }: BuyerHistory): boolean => frequency === 0 && age <= monthDays;

function segmentByChance(buyer: BuyerHistory, chance90: number): CustomerSegment {
  if (isNew(buyer)) return "new";
  if (buyer.frequency > 0 && chance90 >= likely) return "loyal";
  if (chance90 >= mayWell) return "promising";
  return buyer.frequency > 0 ? "at_risk" : "quiet";
}

function segmentWithout({ step, fifths }: CustomerModel, buyer: Buyer): CustomerSegment {
  if (isNew(buyer)) return "new";
  const since = buyer.age - buyer.recency;
  if (step !== "rfm" || !fifths) {
    if (since <= aheadDays) return buyer.frequency > 0 ? "loyal" : "promising";
    return buyer.frequency > 0 && since <= 2 * aheadDays ? "at_risk" : "quiet";
  }
  const { recency, total } = scoreByFifths(fifths, buyer);
  if (buyer.frequency > 0 && total >= highFifths && recency >= 3) return "loyal";
  if (total >= middleFifths && recency >= 3) return "promising";
  return buyer.frequency > 0 ? "at_risk" : "quiet";
}
