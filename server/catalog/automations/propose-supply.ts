import { bigbuyOrder } from "#server/catalog/actions/bigbuy-order.ts";
import { cjOrder } from "#server/catalog/actions/cj-order.ts";
import { cjPayment } from "#server/catalog/actions/cj-payment.ts";
import { shopifyFulfilment } from "#server/catalog/actions/shopify-fulfilment.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import type { Quote, Standing } from "#server/catalog/suppliers/quote.ts";
import { orderKey, parcelsKey, type SupplyRecord, supplyNumber } from "#server/catalog/supply.ts";
import { dayMs, type SupplyReading } from "./stands-supply.ts";

/** How long ordering is offered to whoever decides. What nobody decides by then is looked at anew when a person asks for it. */
const offeredMs = 3 * dayMs;
const tellingMs = 14 * dayMs;

/** What every proposal about an order at a supplier has. */
const about = ({ orderId, provider, part, customerId, version }: SupplyRecord) => ({
  subject: `order:${orderId}` as const,
  asRead: { orderId, provider, part, version },
  ...(customerId !== null && { customerId }),
  // The buyer paid for it: nobody is left without.
  owed: true as const,
});

/** To order a record's lines at its supplier, in its round, at what was quoted; ordering and paying are two steps of one chain at CJ. */
export function ordering(
  { shop, config, now }: Pick<SupplyReading, "shop" | "config" | "now">,
  record: SupplyRecord,
  {
    quote,
    country,
    margin,
    isWaived,
  }: {
    quote: Exclude<Quote, { fault: string }>;
    country: string;
    margin: { brings: number; costs: number; percent: number; currency: string };
    isWaived: boolean;
  },
): Proposal {
  const { provider, lines } = record;
  const common = { orderId: record.orderId, number: supplyNumber(shop, record, record.round), total: quote.total };
  const sending = { ...common, carrier: quote.carrier, country };
  const atCj = (): [ProposedStep, ProposedStep] => [
    {
      kind: cjOrder.id,
      payload: {
        ...{ ...sending, from: config.cjWarehouse },
        products: lines.map(({ line, ordered, reference: vid, quantity }) => ({ line, ordered, vid, quantity })),
      },
    },
    { kind: cjPayment.id, payload: { ...common, lines: lines.map(({ line, ordered: quantity }) => ({ line, quantity })) } },
  ];
  const { currency, brings, costs, percent } = margin;
  return {
    ...about(record),
    ...{ dedupe: orderKey(record), expiresAt: now + offeredMs, stake: { minor: costs, currency } },
    steps: provider === "cj" ? atCj() : [{ kind: bigbuyOrder.id, payload: { ...sending, products: lines } }],
    evidence: {
      line: isWaived ? `${provider}_waived` : provider,
      params: {
        brings: { minor: brings, currency },
        costs: { minor: costs, currency },
        percent,
        goods: quote.goods,
        freight: quote.freight,
      },
    },
  };
}

/** To tell the shop of all parcels of a record's that are known by now. */
export function telling({ config, now }: Pick<SupplyReading, "config" | "now">, record: SupplyRecord, { carrier }: Standing): Proposal {
  const { orderId, parcels } = record;
  const lines = record.lines.map(({ line, ordered: quantity }) => ({ line, quantity }));
  const payload = { orderId, numbers: [...parcels], carrier: carrier || "Other", lines, notify: config.notifyCustomer };
  return {
    ...about(record),
    ...{ dedupe: parcelsKey(record), expiresAt: now + tellingMs, steps: [{ kind: shopifyFulfilment.id, payload }] },
    evidence: {
      line: parcels.length > 1 ? "parcels" : "parcel",
      params: { parcels: parcels.join(", "), count: parcels.length },
    },
  };
}
