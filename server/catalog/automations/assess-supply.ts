import type { Supplier, SupplyFacts, SupplyReason, SupplyState } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import { bigbuyOrder } from "#server/catalog/actions/bigbuy-order.ts";
import { cjOrder } from "#server/catalog/actions/cj-order.ts";
import { cjPayment } from "#server/catalog/actions/cj-payment.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import { quoteAtBigbuy, standingAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { quoteAtCj, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import type { Quote, Standing, Wanted } from "#server/catalog/suppliers/quote.ts";
import { readRecipient, readShopOrder, type ShopOrder, type ShopRecipient } from "#server/catalog/suppliers/shop-order.ts";
import { orderKey, type Supply, type SupplyMapping, type SupplyRecord, supplyNumber } from "#server/catalog/supply.ts";
import { inShopCurrency, type SupplyConfig } from "./supply-settings.ts";

const hourMs = 3_600_000;
/** How long ordering is offered to whoever decides. What nobody decides by then is looked at anew when a person asks for it. */
const offeredMs = 3 * 24 * hourMs;
/** What is held is looked at again after so long: its shop or supplier may have changed by then. */
const heldMs: Partial<Record<SupplyReason, number>> = { risk_pending: hourMs / 4, supplier_down: hourMs / 2 };

export interface SupplyReading {
  shop: Account;
  /** The client's account at a supplier; null where it has none that works. */
  at(provider: Supplier): Account | null;
  supply: Supply;
  config: SupplyConfig;
  now: number;
}

export interface Assessed {
  record: SupplyRecord;
  proposals: readonly Proposal[];
}

/** The record as it stands from now on; its `since` is kept where it stands where it stood. */
export function standsAt(
  record: SupplyRecord,
  now: number,
  to: { state: SupplyState; reason: SupplyReason | null; inMs: number | null } & Partial<
    Pick<SupplyRecord, "facts" | "round" | "lines" | "parcels" | "customerId">
  >,
): SupplyRecord {
  const { inMs, ...changed } = to;
  const same = record.state === to.state && record.reason === to.reason;
  // A column of the row, and not what was joined to it.
  const { orderId, provider, customerId, facts: _, since, round, lines, parcels, waived, version } = record;
  return {
    ...{ orderId, provider, customerId, round, lines, parcels, waived, version, facts: {} },
    ...changed,
    since: same ? since : now,
    nextAt: inMs === null ? null : now + inMs,
  };
}

const over = { inMs: null, state: "over" } as const;
const missing = { name: "no_name", address: "no_address", phone: "no_phone", email: "no_email" } as const;

export const standingAt = (provider: Supplier, account: Account, number: string): Promise<Standing | null> =>
  provider === "cj" ? standingAtCj(account, number) : standingAtBigbuy(account, number);

/**
 * Looks at an order that is not ordered yet, with the shop's and the supplier's word of this moment: whether it is to be ordered, what that costs, and
 * what it leaves. Answers what is proposed, or why nothing is. The address is read to see that it is whole, and dropped.
 */
export async function assess(reading: SupplyReading, record: SupplyRecord): Promise<Assessed> {
  const { shop, now, supply } = reading;
  const held = (reason: SupplyReason, facts: SupplyFacts = {}): Assessed => ({
    record: standsAt(record, now, { state: "held", reason, facts, inMs: heldMs[reason] ?? hourMs }),
    proposals: [],
  });
  const closed = (reason: SupplyReason): Assessed => ({ record: standsAt(record, now, { ...over, reason }), proposals: [] });

  const order = await readShopOrder(shop, record.orderId);
  if (!order || order.fault === "gone") return closed("gone");
  if (order.fault === "cancelled" || order.fault === "test") return closed(order.fault);
  if (order.fault !== null) return held(order.fault);
  if (order.isRiskPending) return held("risk_pending");
  const mapped = await mappedLines(supply, order, record.provider);
  if (mapped.length === 0) return closed("unmapped");
  const open = mapped.filter(({ ordered }) => ordered > 0);
  if (open.length === 0) return closed("sent_elsewhere");
  const account = reading.at(record.provider);
  if (!account) return held("no_account");

  // What was tried before is asked for at the supplier, whatever became of it here: it may stand there all the same.
  for (let round = record.round; round > 0; round--) {
    const before = await standingAt(record.provider, account, supplyNumber(shop, record.orderId, round));
    if (before && before.state !== "cancelled") {
      const reason = before.state === "unpaid" ? "supplier_unpaid" : null;
      return { record: standsAt(record, now, { state: "ordered", reason, round, facts: { word: before.word }, inMs: 0 }), proposals: [] };
    }
  }
  const to = await readRecipient(shop, record.orderId);
  if ("missing" in to) return held(missing[to.missing]);
  const quote = await quoteOf(reading, { provider: record.provider, account, lines: open, to });
  if ("fault" in quote) {
    if (quote.fault === "short") return held("short", { short: quote.short });
    return quote.fault === "unknown_product" ? held("unknown_product", { references: quote.references }) : held("no_carrier");
  }
  const brings = open.reduce((sum, { ordered, unitMinor }) => sum + ordered * unitMinor, 0);
  const costs = inShopCurrency(quote.total, { currency: order.currency, config: reading.config, now });
  if (costs === null) return held("no_rate", { rate: { from: quote.total.currency, to: order.currency } });
  const percent = brings > 0 ? Math.floor(((brings - costs) * 100) / brings) : -100;
  const margin = { brings, costs, percent, least: reading.config.minMarginPercent, currency: order.currency };
  if (percent < margin.least && !record.waived) return held("margin", { margin });

  const ready = { ...record, round: record.round + 1, customerId: order.customerId };
  const lines = open.map(({ line, ordered, reference, quantity }) => ({ line, ordered, reference, quantity }));
  return {
    record: standsAt(record, now, {
      ...{ state: "proposed", reason: null, round: ready.round, customerId: order.customerId, lines, facts: { margin } },
      inMs: hourMs / 12,
    }),
    proposals: [proposalOf(reading, ready, { quote, lines, to, margin })],
  };
}

interface MappedLine extends Wanted {
  line: string;
  ordered: number;
  unitMinor: number;
}

/** The order's lines that this supplier is to send, those that are sent already with none left. */
async function mappedLines(supply: Supply, order: ShopOrder, provider: Supplier): Promise<MappedLine[]> {
  const all = await supply.mappings([...new Set(order.lines.flatMap(({ variant }) => variant ?? []))]);
  const byVariant = new Map<string | null, SupplyMapping>(all.map((each) => [each.variant, each]));
  return order.lines.flatMap(({ line, variant, open, unitMinor }) => {
    const mapping = byVariant.get(variant);
    if (mapping?.provider !== provider) return [];
    return [{ line, ordered: open, unitMinor, reference: mapping.reference, quantity: open * mapping.pack }];
  });
}

function quoteOf(
  { config }: SupplyReading,
  { provider, account, lines, to }: { provider: Supplier; account: Account; lines: readonly MappedLine[]; to: ShopRecipient },
): Promise<Quote> {
  // The same thing on two lines is taken from one stock.
  const wanted = new Map<string, number>();
  for (const { reference, quantity } of lines) wanted.set(reference, (wanted.get(reference) ?? 0) + quantity);
  const asked = {
    wanted: [...wanted].map(([reference, quantity]) => ({ reference, quantity })),
    ...{ country: to.countryCode, zip: to.zip },
  };
  return provider === "cj" ? quoteAtCj(account, { ...asked, from: config.cjWarehouse }) : quoteAtBigbuy(account, asked);
}

function proposalOf(
  { shop, config, now }: SupplyReading,
  record: SupplyRecord,
  {
    quote,
    lines,
    to,
    margin,
  }: {
    quote: Exclude<Quote, { fault: string }>;
    lines: SupplyRecord["lines"];
    to: ShopRecipient;
    margin: NonNullable<SupplyFacts["margin"]>;
  },
): Proposal {
  const common = { orderId: record.orderId, number: supplyNumber(shop, record.orderId, record.round), total: quote.total };
  const sending = { ...common, carrier: quote.carrier, country: to.countryCode };
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
  const steps: Proposal["steps"] = record.provider === "cj" ? atCj() : [{ kind: bigbuyOrder.id, payload: { ...sending, products: lines } }];
  const { currency, brings, costs, percent } = margin;
  return {
    ...{ subject: `order:${record.orderId}`, dedupe: orderKey(record), steps, expiresAt: now + offeredMs },
    ...(record.customerId !== null && { customerId: record.customerId }),
    // The buyer paid for it: nobody is left without.
    owed: true,
    stake: { minor: costs, currency },
    evidence: {
      line: record.waived ? `${record.provider}_waived` : record.provider,
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
