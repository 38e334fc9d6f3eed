import type { Supplier } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import { quoteAtBigbuy, standingAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { quoteAtCj, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import type { Quote, Standing, Wanted } from "#server/catalog/suppliers/quote.ts";
import { readRecipient, readShopOrder, type ShopOrder, type ShopRecipient } from "#server/catalog/suppliers/shop-order.ts";
import { leftOf, type Supply, type SupplyMapping, type SupplyOrder, type SupplyRecord, supplyNumber } from "#server/catalog/supply.ts";
import { ordering } from "./propose-supply.ts";
import { type Assessed, beginRow, closed, held, hourMs, type SupplyReading, stands, standsAt } from "./stands-supply.ts";
import { inShopCurrency } from "./supply-settings.ts";

/** What a person wants ordered whatever it earns may cost so much more than they saw, in hundredths. */
const dearerPercent = 5;
const missing = { name: "no_name", address: "no_address", phone: "no_phone", email: "no_email" } as const;

export const standingAt = (provider: Supplier, account: Account, number: string): Promise<Standing | null> =>
  provider === "cj" ? standingAtCj(account, number) : standingAtBigbuy(account, number);

interface MappedLine extends Wanted {
  line: string;
  ordered: number;
  unitMinor: number;
  pack: number;
}

/** What is to be ordered of it, as far as shop and supplier say without a price; or where it stands, where that is known already. */
type Looked = Assessed | { order: ShopOrder; account: Account; open: readonly MappedLine[] };

/**
 * The first look at an order that is not ordered, as far as is known here. What was tried before is asked for at its supplier before anything else,
 * whatever became of it here and in the shop: it may stand there all the same.
 */
export async function lookFirst({ shop, now, supply, at }: SupplyReading, record: SupplyRecord): Promise<Looked> {
  const account = at(record.provider);
  const isTried = record.round > 0;
  if (isTried && !account) return held(record, now, { reason: "no_account" });
  for (let round = record.round; account && round > 0; round--) {
    const before = await standingAt(record.provider, account, supplyNumber(shop, record, round));
    if (before && before.state !== "cancelled") return adopted(record, now, { round, found: before });
  }
  const order = await readShopOrder(shop, record.orderId);
  if (!order || order.fault === "gone") return closed(record, now, "gone");
  if (order.fault === "cancelled" || order.fault === "test") return closed(record, now, order.fault);
  if (order.fault !== null) return held(record, now, { reason: order.fault });
  if (order.isRiskPending) return held(record, now, { reason: "risk_pending" });
  const { mapped, open } = await mappedLines(supply, order, record);
  if (mapped.length === 0) return closed(record, now, "unmapped");
  if (open.length === 0)
    return mapped.some((each) => each.open > 0) ? held(record, now, { reason: "covered" }) : closed(record, now, "sent_elsewhere");
  return account ? { order, account, open } : held(record, now, { reason: "no_account", lines: linesOf(open) });
}

/** Its supplier has it already. */
function adopted(
  record: SupplyRecord,
  now: number,
  { round, found, lines }: { round: number; found: Standing; lines?: SupplyRecord["lines"] },
): Assessed {
  const reason = found.state === "unpaid" ? "supplier_unpaid" : null;
  return stands(record, now, { state: "ordered", reason, round, facts: { word: found.word }, ...(lines && { lines }), inMs: 0 });
}

/**
 * Looks at an order that is not ordered yet, with the shop's and the supplier's word of this moment: whether it is to be ordered, what that costs, and
 * what it leaves. Answers what is proposed, or why nothing is. The address is read to see that it is whole, and dropped.
 */
export async function assess(reading: SupplyReading, record: SupplyRecord): Promise<Assessed> {
  const { shop, now, config } = reading;
  const looked = await lookFirst(reading, record);
  if ("record" in looked) return looked;
  const { order, account } = looked;
  const holds = (reason: Parameters<typeof held>[2]["reason"], facts = {}) =>
    held(record, now, { reason, facts, lines: linesOf(looked.open) });

  const to = await readRecipient(shop, record.orderId);
  if ("missing" in to) return holds(missing[to.missing]);
  const { quote, open } = await quoteOf(reading, record, { account, lines: looked.open, to });
  if ("fault" in quote) {
    if (quote.fault === "short") return holds("short", { short: quote.short });
    return quote.fault === "unknown_product" ? holds("unknown_product", { references: quote.references }) : holds("no_carrier");
  }
  const brings = open.reduce((sum, { ordered, unitMinor }) => sum + ordered * unitMinor, 0);
  const costs = inShopCurrency(quote.total, { currency: order.currency, config, now });
  if (costs === null) return holds("no_rate", { rate: { from: quote.total.currency, to: order.currency } });
  const percent = brings > 0 ? Math.floor(((brings - costs) * 100) / brings) : -100;
  const margin = { brings, costs, percent, least: config.minMarginPercent, currency: order.currency };
  const isWaived = percent < margin.least;
  if (isWaived && !isWithin(record.waivedUpTo, costs)) return holds("margin", { margin });

  const round = record.round + 1;
  const lines = linesOf(open);
  // Its number may be taken, by a row of before the shop was connected anew.
  const found = await standingAt(record.provider, account, supplyNumber(shop, record, round));
  if (found && found.state !== "cancelled") return adopted(record, now, { round, found, lines });
  const ready = standsAt(record, now, {
    ...{ state: "proposed", reason: null, round, customerId: order.customerId, lines, partly: false, facts: { margin } },
    inMs: hourMs / 12,
  });
  return { record: ready, proposals: [ordering(reading, ready, { quote, country: to.countryCode, margin, isWaived })] };
}

/** Whether it costs about what it did when a person wanted it all the same. */
const isWithin = (upTo: number | null, costs: number): boolean => upTo !== null && costs <= upTo + Math.ceil((upTo * dearerPercent) / 100);

const linesOf = (open: readonly MappedLine[]): SupplyRecord["lines"] =>
  open.map(({ line, ordered, reference, quantity }) => ({ line, ordered, reference, quantity }));

/** An order's lines that are mapped, each with what it is at a supplier, and its rows. */
async function mappingsOf(supply: Supply, { lines }: ShopOrder, orderId: string) {
  const all = await supply.mappings([...new Set(lines.flatMap(({ variant }) => variant ?? []))]);
  const byVariant = new Map<string | null, SupplyMapping>(all.map((each) => [each.variant, each]));
  const rows = await supply.known([orderId]);
  const mapped = lines.flatMap((each) => {
    const mapping = byVariant.get(each.variant);
    return mapping ? [{ ...each, ...mapping }] : [];
  });
  return { mapped, rows };
}

/** Whether a line was ours when its order was first met: it was mapped by then, or is a row's already. A mapping is for what is paid from then on. */
const wasOurs = ({ line, mappedAt }: { line: string; mappedAt: number }, rows: readonly SupplyOrder[]): boolean =>
  rows.some(({ createdAt, lines }) => mappedAt <= createdAt || lines.some((one) => one.line === line));

/** The order's lines that are mapped to this supplier, with those that are not sent; and what of them is left to be ordered beside the order's other rows. */
async function mappedLines(supply: Supply, order: ShopOrder, record: SupplyRecord) {
  const { mapped: all, rows } = await mappingsOf(supply, order, record.orderId);
  const others = rows.filter(({ provider, part }) => provider !== record.provider || part !== record.part);
  const mapped = all.filter((each) => each.provider === record.provider && (record.part === 0 || wasOurs(each, others)));
  const open = mapped.flatMap(({ line, unitMinor, reference, pack, ...each }): MappedLine[] => {
    const ordered = leftOf({ line, ...each }, others);
    return ordered > 0 ? [{ line, ordered, unitMinor, reference, pack, quantity: ordered * pack }] : [];
  });
  return { mapped, open };
}

type Asked = { account: Account; lines: readonly MappedLine[]; to: ShopRecipient };

/** What ordering these lines would cost. Where a person wants what there is of them, what there is. */
async function quoteOf({ config }: SupplyReading, { provider, partly }: SupplyRecord, { account, lines, to }: Asked) {
  const ask = (open: readonly MappedLine[]): Promise<Quote> => {
    // The same thing on two lines is taken from one stock.
    const wanted = new Map<string, number>();
    for (const { reference, quantity } of open) wanted.set(reference, (wanted.get(reference) ?? 0) + quantity);
    const asked = {
      wanted: [...wanted].map(([reference, quantity]) => ({ reference, quantity })),
      ...{ country: to.countryCode, zip: to.zip },
    };
    return provider === "cj" ? quoteAtCj(account, { ...asked, from: config.cjWarehouse }) : quoteAtBigbuy(account, asked);
  };
  const quote = await ask(lines);
  if (!partly || !("fault" in quote) || quote.fault !== "short") return { quote, open: lines };
  const left = new Map(quote.short.map(({ reference, there }) => [reference, there]));
  const open = lines.flatMap((each) => {
    const there = left.get(each.reference);
    if (there === undefined) return [each];
    const ordered = Math.min(each.ordered, Math.floor(there / each.pack));
    left.set(each.reference, there - ordered * each.pack);
    return ordered > 0 ? [{ ...each, ordered, quantity: ordered * each.pack }] : [];
  });
  return open.length > 0 ? { quote: await ask(open), open } : { quote, open: lines };
}

/**
 * What of an order that its supplier has is still to be ordered: what there was too little of, and lines that were added or raised since. Each
 * is a row of its own. Of what was mapped only after the order was paid nothing is, as of any other order that was paid before; and of another
 * supplier only where it has no row of the order's at all, so that nothing is proposed anew that somebody declined.
 */
export async function restOf({ supply, now }: SupplyReading, row: SupplyOrder, placed: ShopOrder): Promise<SupplyRecord[]> {
  if (placed.fault !== null) return [];
  const { mapped, rows } = await mappingsOf(supply, placed, row.orderId);
  const left = mapped.filter((each) => wasOurs(each, rows) && leftOf(each, rows) > 0);
  return [...new Set(left.map(({ provider }) => provider))].flatMap((provider): SupplyRecord[] => {
    const there = rows.filter((each) => each.provider === provider);
    const isLast = provider === row.provider && there.every(({ part }) => part <= row.part);
    if (!isLast && there.length > 0) return [];
    const { orderId, customerId } = row;
    return [beginRow({ orderId, provider, part: isLast ? row.part + 1 : 0, customerId }, now)];
  });
}
